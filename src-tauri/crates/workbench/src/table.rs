//! A table: every command the page can give, once.
//!
//! `command_table!` hands the list to a macro of the caller's. From it come the Tauri handlers (shell), the permissions
//! (the shell's build script includes this file as text), the TypeScript `Commands` map and, through that map, what
//! the fixture host has to answer. The macro is therefore free of paths into this crate.

/// Calls `$callback!` with every command as `name(AskType) -> AnswerType;`.
#[macro_export]
macro_rules! command_table {
    ($callback:ident) => {
        $callback! {
            // The vault: first run, unlock, lock.
            start(Nothing) -> Start;
            weigh_passphrase(PassphraseAsk) -> Strength;
            vault_place(VaultPlaceAsk) -> VaultPlace;
            create_vault(CreateVaultAsk) -> Created;
            print_recovery_key(Nothing) -> Nothing;
            unlock(UnlockAsk) -> Unlocked;
            recover(RecoverAsk) -> Unlocked;
            lock(Nothing) -> Nothing;
            change_passphrase(ChangePassphraseAsk) -> Nothing;
            status(StatusAsk) -> Status;
            settings(Nothing) -> Settings;
            change_settings(Settings) -> Settings;
            zones(Nothing) -> Zones;
            // Bundles: choose, import, follow, read the verdict.
            choose_bundle(ChooseAsk) -> MaybeChosen;
            chosen(Nothing) -> MaybeChosen;
            sample_bundle(SampleAsk) -> MaybeChosen;
            import(ImportAsk) -> ImportStarted;
            cancel_job(JobAsk) -> Nothing;
            dismiss_job(JobAsk) -> Nothing;
            bundles(Nothing) -> Bundles;
            overview(BundleAsk) -> Overview;
            integrity(BundleAsk) -> IntegrityReport;
            // Two exports of one log, and the check held against damage: jobs, and what came of them.
            compare(CompareAsk) -> JobStarted;
            compared(JobAsk) -> MaybeCompared;
            self_test(SelfTestAsk) -> JobStarted;
            self_tested(BundleAsk) -> MaybeSelfTest;
            save_report(BundleAsk) -> MaybeSaved;
            // Trust: what this office vouches for, and checking with it. Each step leaves a line in the access log.
            trust(BundleAsk) -> TrustPage;
            check_again(BundleAsk) -> CheckStarted;
            choose_trust_file(TrustFileAsk) -> MaybeTrustFile;
            pin_key(PinAsk) -> Nothing;
            revoke_key(RevokeAsk) -> Nothing;
            add_anchor(AnchorAsk) -> Nothing;
            withdraw_anchor(WithdrawAsk) -> Nothing;
            // Looks: each needs a purpose and leaves a line in the access log.
            give_purpose(PurposeAsk) -> Purpose;
            look(LookAsk) -> Look;
            reveal(RevealAsk) -> Look;
            rows(RowsAsk) -> Rows;
            bins(BinsAsk) -> Bins;
            facet(FacetAsk) -> Facet;
            event(EventAsk) -> EventDetail;
            record(RecordAsk) -> RecordShown;
            compared_record(ComparedRecordAsk) -> ComparedRecord;
            people(PeopleAsk) -> People;
            person(PersonAsk) -> PersonPage;
            counterparts(CounterpartsAsk) -> Counterparts;
            copy(CopyAsk) -> Nothing;
            copy_rows(CopyRowsAsk) -> Copied;
            copy_place(CopyPlaceAsk) -> Nothing;
            print_rows(PrintRowsAsk) -> Nothing;
            // Our own record.
            access_log(AccessLogAsk) -> AccessLogPage;
            check_log(Nothing) -> LogCheck;
            export_log(Nothing) -> MaybeExported;
        }
    };
}
