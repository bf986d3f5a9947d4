//! Reads entries back, newest first. The log itself may name people, so this is a look too.

use model::Instant;
use vault::Vault;

use crate::body::Body;
use crate::entry::Entry;
use crate::rows;
use crate::{AccessLog, LogFault, Witnessed};
use integrity::Digest;

/// The most entries that one page holds.
pub const PAGE_ENTRIES_MAX: usize = 1_000;

/// Which entries are wanted; what is `None` is not asked about.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Name of the user, exactly.
    pub actor: Option<String>,
    /// Word of the action, exactly.
    pub action: Option<String>,
    /// Part of the purpose, whatever its capitals.
    pub purpose: Option<String>,
    /// From this time on.
    pub from: Option<Instant>,
    /// Before this time.
    pub to: Option<Instant>,
}

/// One entry as it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoggedEntry {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
    /// What it says.
    pub body: Body,
}

/// Some entries, newest first, and how many there are in all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogPage {
    /// The entries.
    pub entries: Vec<LoggedEntry>,
    /// How many entries the filter finds.
    pub total: u64,
}

impl AccessLog {
    /// The entries that a filter finds, newest first, without the first `offset` of them; at most
    /// [`PAGE_ENTRIES_MAX`].
    ///
    /// `seen` has to be the entry that this filter is being looked at: [`Entry::LogViewed`] with [`LogFilter::text`].
    pub fn entries(
        &self,
        vault: &Vault,
        seen: &Witnessed,
        filter: &LogFilter,
        offset: u64,
        limit: usize,
    ) -> Result<LogPage, LogFault> {
        seen.admits(vault, &Entry::LogViewed { filter: filter.text() })?;
        let limit = limit.min(PAGE_ENTRIES_MAX);
        let mut page = LogPage { entries: Vec::new(), total: 0 };
        vault.read(|database| {
            rows::for_each_newest_first(database, |stored| {
                let body = Body::parse(&stored.body).ok_or(LogFault::Unreadable { seq: stored.seq })?;
                if filter.finds(&body) {
                    if page.total >= offset && page.entries.len() < limit {
                        page.entries.push(LoggedEntry { seq: stored.seq, hash: stored.hash, body });
                    }
                    page.total += 1;
                }
                Ok(true)
            })
        })?;
        Ok(page)
    }
}

impl LogFilter {
    /// The filter as a text: what is logged when the log is looked at.
    #[must_use]
    pub fn text(&self) -> String {
        let terms = [
            ("actor", self.actor.as_deref()),
            ("action", self.action.as_deref()),
            ("purpose", self.purpose.as_deref()),
            ("from", self.from.as_ref().map(Instant::text)),
            ("to", self.to.as_ref().map(Instant::text)),
        ];
        let terms = terms.into_iter().filter_map(|(name, value)| Some(format!("{name}:{:?}", value?)));
        terms.collect::<Vec<_>>().join(" ")
    }

    fn finds(&self, body: &Body) -> bool {
        let is = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| wanted == text);
        let part = |wanted: &str| {
            body.purpose.as_ref().is_some_and(|purpose| purpose.text().to_lowercase().contains(&wanted.to_lowercase()))
        };
        let time = body.utc_nanos();
        let bound = |bound: &Option<Instant>| bound.as_ref().and_then(Instant::utc_nanos);
        is(&self.actor, &body.actor)
            && is(&self.action, &body.action)
            && self.purpose.as_deref().is_none_or(part)
            && bound(&self.from).is_none_or(|from| time.is_some_and(|time| time >= from))
            && bound(&self.to).is_none_or(|to| time.is_some_and(|time| time < to))
    }
}

// A filter may name people.
impl std::fmt::Debug for LogFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogFilter(…)")
    }
}
