// Written by `cargo xtask bindings` from the command table. Do not edit.

import type { AccessLogAsk } from './AccessLogAsk';
import type { AccessLogPage } from './AccessLogPage';
import type { AnchorAsk } from './AnchorAsk';
import type { Bins } from './Bins';
import type { BinsAsk } from './BinsAsk';
import type { BundleAsk } from './BundleAsk';
import type { Bundles } from './Bundles';
import type { ChangePassphraseAsk } from './ChangePassphraseAsk';
import type { CheckStarted } from './CheckStarted';
import type { ChooseAsk } from './ChooseAsk';
import type { CompareAsk } from './CompareAsk';
import type { ComparedRecord } from './ComparedRecord';
import type { ComparedRecordAsk } from './ComparedRecordAsk';
import type { Copied } from './Copied';
import type { CopyAsk } from './CopyAsk';
import type { CopyPlaceAsk } from './CopyPlaceAsk';
import type { CopyRowsAsk } from './CopyRowsAsk';
import type { Counterparts } from './Counterparts';
import type { CounterpartsAsk } from './CounterpartsAsk';
import type { CreateVaultAsk } from './CreateVaultAsk';
import type { Created } from './Created';
import type { EventAsk } from './EventAsk';
import type { EventDetail } from './EventDetail';
import type { Facet } from './Facet';
import type { FacetAsk } from './FacetAsk';
import type { ImportAsk } from './ImportAsk';
import type { ImportStarted } from './ImportStarted';
import type { IntegrityReport } from './IntegrityReport';
import type { JobAsk } from './JobAsk';
import type { JobStarted } from './JobStarted';
import type { LogCheck } from './LogCheck';
import type { Look } from './Look';
import type { LookAsk } from './LookAsk';
import type { MaybeChosen } from './MaybeChosen';
import type { MaybeCompared } from './MaybeCompared';
import type { MaybeExported } from './MaybeExported';
import type { MaybeSaved } from './MaybeSaved';
import type { MaybeSelfTest } from './MaybeSelfTest';
import type { MaybeTrustFile } from './MaybeTrustFile';
import type { Nothing } from './Nothing';
import type { Overview } from './Overview';
import type { PassphraseAsk } from './PassphraseAsk';
import type { People } from './People';
import type { PeopleAsk } from './PeopleAsk';
import type { PersonAsk } from './PersonAsk';
import type { PersonPage } from './PersonPage';
import type { PinAsk } from './PinAsk';
import type { PrintRowsAsk } from './PrintRowsAsk';
import type { Purpose } from './Purpose';
import type { PurposeAsk } from './PurposeAsk';
import type { RecordAsk } from './RecordAsk';
import type { RecordShown } from './RecordShown';
import type { RecoverAsk } from './RecoverAsk';
import type { RevealAsk } from './RevealAsk';
import type { RevokeAsk } from './RevokeAsk';
import type { Rows } from './Rows';
import type { RowsAsk } from './RowsAsk';
import type { SampleAsk } from './SampleAsk';
import type { SelfTestAsk } from './SelfTestAsk';
import type { Settings } from './Settings';
import type { Start } from './Start';
import type { Status } from './Status';
import type { StatusAsk } from './StatusAsk';
import type { Strength } from './Strength';
import type { TrustFileAsk } from './TrustFileAsk';
import type { TrustPage } from './TrustPage';
import type { UnlockAsk } from './UnlockAsk';
import type { Unlocked } from './Unlocked';
import type { VaultPlace } from './VaultPlace';
import type { VaultPlaceAsk } from './VaultPlaceAsk';
import type { WithdrawAsk } from './WithdrawAsk';
import type { Zones } from './Zones';

/** Every command the page can give: what it asks and what it gets. */
export interface Commands {
  start: { ask: Nothing; answer: Start };
  weigh_passphrase: { ask: PassphraseAsk; answer: Strength };
  vault_place: { ask: VaultPlaceAsk; answer: VaultPlace };
  create_vault: { ask: CreateVaultAsk; answer: Created };
  print_recovery_key: { ask: Nothing; answer: Nothing };
  unlock: { ask: UnlockAsk; answer: Unlocked };
  recover: { ask: RecoverAsk; answer: Unlocked };
  lock: { ask: Nothing; answer: Nothing };
  change_passphrase: { ask: ChangePassphraseAsk; answer: Nothing };
  status: { ask: StatusAsk; answer: Status };
  settings: { ask: Nothing; answer: Settings };
  change_settings: { ask: Settings; answer: Settings };
  zones: { ask: Nothing; answer: Zones };
  choose_bundle: { ask: ChooseAsk; answer: MaybeChosen };
  chosen: { ask: Nothing; answer: MaybeChosen };
  sample_bundle: { ask: SampleAsk; answer: MaybeChosen };
  import: { ask: ImportAsk; answer: ImportStarted };
  cancel_job: { ask: JobAsk; answer: Nothing };
  dismiss_job: { ask: JobAsk; answer: Nothing };
  bundles: { ask: Nothing; answer: Bundles };
  overview: { ask: BundleAsk; answer: Overview };
  integrity: { ask: BundleAsk; answer: IntegrityReport };
  compare: { ask: CompareAsk; answer: JobStarted };
  compared: { ask: JobAsk; answer: MaybeCompared };
  self_test: { ask: SelfTestAsk; answer: JobStarted };
  self_tested: { ask: BundleAsk; answer: MaybeSelfTest };
  save_report: { ask: BundleAsk; answer: MaybeSaved };
  trust: { ask: BundleAsk; answer: TrustPage };
  check_again: { ask: BundleAsk; answer: CheckStarted };
  choose_trust_file: { ask: TrustFileAsk; answer: MaybeTrustFile };
  pin_key: { ask: PinAsk; answer: Nothing };
  revoke_key: { ask: RevokeAsk; answer: Nothing };
  add_anchor: { ask: AnchorAsk; answer: Nothing };
  withdraw_anchor: { ask: WithdrawAsk; answer: Nothing };
  give_purpose: { ask: PurposeAsk; answer: Purpose };
  look: { ask: LookAsk; answer: Look };
  reveal: { ask: RevealAsk; answer: Look };
  rows: { ask: RowsAsk; answer: Rows };
  bins: { ask: BinsAsk; answer: Bins };
  facet: { ask: FacetAsk; answer: Facet };
  event: { ask: EventAsk; answer: EventDetail };
  record: { ask: RecordAsk; answer: RecordShown };
  compared_record: { ask: ComparedRecordAsk; answer: ComparedRecord };
  people: { ask: PeopleAsk; answer: People };
  person: { ask: PersonAsk; answer: PersonPage };
  counterparts: { ask: CounterpartsAsk; answer: Counterparts };
  copy: { ask: CopyAsk; answer: Nothing };
  copy_rows: { ask: CopyRowsAsk; answer: Copied };
  copy_place: { ask: CopyPlaceAsk; answer: Nothing };
  print_rows: { ask: PrintRowsAsk; answer: Nothing };
  access_log: { ask: AccessLogAsk; answer: AccessLogPage };
  check_log: { ask: Nothing; answer: LogCheck };
  export_log: { ask: Nothing; answer: MaybeExported };
}

/** Their names, to be checked against at run time. */
export const commandNames: (keyof Commands)[] = [
  'start',
  'weigh_passphrase',
  'vault_place',
  'create_vault',
  'print_recovery_key',
  'unlock',
  'recover',
  'lock',
  'change_passphrase',
  'status',
  'settings',
  'change_settings',
  'zones',
  'choose_bundle',
  'chosen',
  'sample_bundle',
  'import',
  'cancel_job',
  'dismiss_job',
  'bundles',
  'overview',
  'integrity',
  'compare',
  'compared',
  'self_test',
  'self_tested',
  'save_report',
  'trust',
  'check_again',
  'choose_trust_file',
  'pin_key',
  'revoke_key',
  'add_anchor',
  'withdraw_anchor',
  'give_purpose',
  'look',
  'reveal',
  'rows',
  'bins',
  'facet',
  'event',
  'record',
  'compared_record',
  'people',
  'person',
  'counterparts',
  'copy',
  'copy_rows',
  'copy_place',
  'print_rows',
  'access_log',
  'check_log',
  'export_log',
];
