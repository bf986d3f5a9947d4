//! Where the top-level members of an object stand. The first few lie inline, so that an ordinary record costs no
//! allocation; a hostile object with thousands of members costs 16 bytes for each.

use std::ops::Range;

/// How many members lie inline: more than any record, checkpoint or segment entry of the format has.
const INLINE: usize = 20;

/// Places of one member, in bytes of the text. Texts are shorter than 4 GiB, so 32 bits do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) name_start: u32,
    pub(super) name_end: u32,
    pub(super) value_start: u32,
    pub(super) value_end: u32,
}

impl Span {
    /// The name without its quotes.
    pub(super) fn name(&self) -> Range<usize> {
        self.name_start as usize..self.name_end as usize
    }

    /// The value.
    pub(super) fn value(&self) -> Range<usize> {
        self.value_start as usize..self.value_end as usize
    }

    /// From the name's opening quote to the value's end.
    pub(super) fn whole(&self) -> Range<usize> {
        (self.name_start as usize).saturating_sub(1)..self.value_end as usize
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    inline: [Span; INLINE],
    count: usize,
    more: Vec<Span>,
}

impl Members {
    pub(super) fn push(&mut self, span: Span) {
        match self.inline.get_mut(self.count) {
            Some(place) => *place = span,
            None => self.more.push(span),
        }
        self.count += 1;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Span> {
        self.inline.iter().take(self.count).chain(&self.more)
    }
}
