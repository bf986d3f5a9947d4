//! Questions about events, as values: filters, orders, ranges of time, histogram bins, facets.
//!
//! A question says what is wanted and never how it is found; `event-store` answers it. Nothing here reads a file, a
//! clock or the environment, and nothing here holds an event longer than a call.
//!
//! # Invariants
//! * The text form of a [`Filter`] and its tree are two forms of one thing: printing and parsing again gives the same.
//! * [`Filter::matches`] is the meaning of a filter. Whoever finds events faster must find the same events.
//! * No `Debug` or `Display` here shows a value that somebody typed or a source recorded: those name people.

mod calendar;
mod facet;
mod filter;
mod histogram;
mod moment;
mod question;
mod scale;
mod zone;

pub use calendar::{Span, Step};
pub use facet::{FACET_VALUES_MAX, Facet, FacetField, FacetValue};
pub use filter::{
    AnyOf, Circumstances, Condition, FILTER_BYTES_MAX, FILTER_TERMS_MAX, FILTER_VALUES_MAX, Field, Filter, FilterFault,
    Pattern, Problem, Term, Word, contains_word,
};
pub use histogram::{Band, Bands, Bin, Histogram, Tally, nice_maximum};
pub use moment::{Edge, Moment, MomentFault, on_the_clock};
pub use question::{Integrity, Order, OrderBy, Question};
pub use scale::{BINS_MAX, Scale, Tick};
pub use zone::{ClockShows, Zone, ZoneFault, zone};
