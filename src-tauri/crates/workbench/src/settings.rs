//! What a person may set. Kept in the vault, so that nothing of it lies in the open.

use model::Instant;
use vault::rusqlite::{OptionalExtension, params};
use vault::{Migration, Vault, VaultFault};

use crate::wire::{Fault, Settings, Theme};

/// The zone times are shown in until somebody chooses another.
const ZONE_DEFAULT: &str = "America/New_York";
/// Minutes without activity until the vault locks, until somebody chooses otherwise.
const LOCK_AFTER_MINUTES_DEFAULT: u16 = 10;
/// Longest and shortest time until the vault locks by itself, in minutes.
const LOCK_AFTER_MINUTES: std::ops::RangeInclusive<u16> = 1..=60;
/// Text sizes that the layout holds, in percent.
const TEXT_PERCENT: std::ops::RangeInclusive<u16> = 90..=150;

/// The table of settings.
pub(crate) const MIGRATION: Migration = Migration {
    room: "workbench",
    number: 1,
    sql: "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL, changed TEXT NOT NULL) STRICT, WITHOUT ROWID",
};

const ROW: &str = "settings/1";

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            text_percent: 100,
            zone: ZONE_DEFAULT.to_owned(),
            lock_after_minutes: LOCK_AFTER_MINUTES_DEFAULT,
            single_keys: true,
        }
    }
}

/// Reads them; what is absent or unreadable is as at first.
pub(crate) fn load(vault: &Vault) -> Result<Settings, VaultFault> {
    let stored: Option<String> = vault.read(|database| {
        let row = database.query_row("SELECT value FROM setting WHERE name = ?1", [ROW], |row| row.get(0));
        row.optional().map_err(VaultFault::from)
    })?;
    Ok(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Keeps them.
pub(crate) fn store(vault: &Vault, settings: &Settings, now: &Instant) -> Result<(), Fault> {
    let text = serde_json::to_string(settings).map_err(|_| Fault::internal("The settings cannot be written."))?;
    vault.write(|transaction| {
        let sql = "INSERT INTO setting (name, value, changed) VALUES (?1, ?2, ?3)
                   ON CONFLICT (name) DO UPDATE SET value = ?2, changed = ?3";
        transaction.execute(sql, params![ROW, text, now.text()])?;
        Ok::<(), VaultFault>(())
    })?;
    Ok(())
}

/// Refuses what the program could not live with.
pub(crate) fn check(settings: &Settings) -> Result<(), Fault> {
    if !LOCK_AFTER_MINUTES.contains(&settings.lock_after_minutes) {
        return Err(Fault::bad_input("The vault can lock after 1 to 60 minutes."));
    }
    if !TEXT_PERCENT.contains(&settings.text_percent) {
        return Err(Fault::bad_input("The text can be 90 to 150 percent of its size."));
    }
    timeline::zone(&settings.zone).map_err(|_| Fault::bad_input("There is no such time zone."))?;
    Ok(())
}

/// IANA names to choose from: those of the United States first, then the others by name.
pub(crate) fn zones() -> Vec<String> {
    let common = ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"];
    let far = ["America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "UTC"];
    let first: Vec<&str> = common.into_iter().chain(far).collect();
    let others = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| !first.contains(name));
    first.iter().copied().chain(others).map(str::to_owned).collect()
}
