//! Files whose records carry no evidence of their own: lists of the files are all there is (formats 1.12, first row).
//!
//! FHIR resources wrapped in a bag, bags of anything else, and files with lists beside them (`loose`). What the lists
//! prove is little, and it is said.

use crate::container::{self, PAYLOAD, Payload};
use crate::fault::Halt;
use crate::finding::Code;
use crate::hashing::{Wish, sum_files};
use crate::report::{self, Badge, Basis};
use crate::words::count_of;
use crate::work::Work;

/// Where the lists are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In a bag, which names all its files.
    #[default]
    Bag,
    /// Beside the files.
    Loose {
        /// Whether a file that may hold records is in none of them.
        has_unlisted_records: bool,
    },
}

/// What lists of files came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    pub(crate) kind: Kind,
    /// Files that are there and were compared with a list.
    pub(crate) files: u64,
    /// Whether every list is in an algorithm that is weak.
    pub(crate) is_weak: bool,
}

/// What, if found, takes away that every file is as the lists say.
const FILE_CODES: [Code; 9] = [
    Code::FileMissing,
    Code::FileExtra,
    Code::FileHashMismatch,
    Code::TagFileHashMismatch,
    Code::ManifestMalformed,
    Code::ManifestDuplicatePath,
    Code::ManifestIncomplete,
    Code::ArchiveLayout,
    Code::ArchiveLimitExceeded,
];

/// Checks a bag against its own lists.
pub(crate) fn check(work: &mut Work<'_>) -> Result<Listed, Halt> {
    let info = container::check_declaration(work)?;
    let payload = Payload::read(work, &info)?;
    container::check_tag_files(work, &info)?;
    payload.compare_names(work);
    let listed = work.source.entries().iter().filter(|entry| payload.lists(&entry.name));
    let wishes = listed.filter(|entry| entry.name.starts_with(PAYLOAD)).map(|entry| Wish {
        name: entry.name.clone(),
        size_bytes: entry.size_bytes,
        wanted: payload.wants(&entry.name),
    });
    let wishes: Vec<_> = wishes.collect();
    let files = u64::try_from(wishes.len()).unwrap_or(u64::MAX);
    sum_files(work, wishes, |work, name, outcome| match outcome {
        Ok(sums) => {
            payload.compare_sums(work, name, &sums);
            Ok(())
        }
        Err(fault) => work.damaged(fault),
    })?;
    Payload::compare_oxum(work, &info);
    let is_weak = payload.algorithms().all(integrity::checksum::Algorithm::is_weak);
    Ok(Listed { kind: Kind::Bag, files, is_weak })
}

impl Listed {
    /// Whether anything was compared, and nothing with records was left out.
    pub(crate) fn is_evidence(&self) -> bool {
        self.files > 0 && self.kind != Kind::Loose { has_unlisted_records: true }
    }

    /// Where the files are.
    fn where_they_are(&self) -> &'static str {
        match self.kind {
            Kind::Bag => "in the bag",
            Kind::Loose { .. } => "that lists of checksums name",
        }
    }

    /// What the lists prove, what they do not, and the two lines of the verdict.
    pub(crate) fn words(&self, basis: &Basis<'_>) -> (Vec<String>, Vec<String>, [String; 2]) {
        (self.proves(basis), self.limits(basis), self.summary(basis))
    }

    fn proves(&self, basis: &Basis<'_>) -> Vec<String> {
        if self.files == 0 {
            return Vec::new();
        }
        let lists = if self.kind == Kind::Bag { "the bag's lists" } else { "the lists" };
        let its = if self.kind == Kind::Bag { "its lists" } else { "the lists" };
        let since = "nothing was changed by accident since";
        vec![if FILE_CODES.iter().any(|code| basis.tally.has(*code)) {
            format!("The files outside the places listed are as when {lists} were written: {since}.")
        } else {
            let (files, are) = (count_of(self.files, "file"), if self.files == 1 { "is" } else { "are" });
            format!("The {files} {} {are} as when {its} were written: {since}.", self.where_they_are())
        }]
    }

    fn summary(&self, basis: &Basis<'_>) -> [String; 2] {
        match basis.badge {
            Badge::Altered => report::summary(basis),
            _ if self.files > 0 && !self.is_evidence() => [
                "Files with records are in no list of checksums: nothing shows whether they were changed.".to_owned(),
                "The files that the lists name agree with them.".to_owned(),
            ],
            _ if !self.is_evidence() && self.kind == Kind::Bag => [
                "The bag lists no file that could be checked.".to_owned(),
                "There is nothing in it to hold against its lists.".to_owned(),
            ],
            _ if !self.is_evidence() => [
                "The lists of checksums name no file that could be checked.".to_owned(),
                "There is nothing here to hold against them.".to_owned(),
            ],
            _ => {
                let agree = if self.files == 1 { "agrees" } else { "agree" };
                let rest = if basis.tally.has(Code::SignaturesNotChecked) {
                    "Something in it is signed, of a kind that is not checked: who vouches for it is open."
                } else {
                    "A list shows only that nothing was changed by accident since it was written: whoever can change \
                     the files can write it anew."
                };
                let its = if self.kind == Kind::Bag { "its lists" } else { "them" };
                let files = count_of(self.files, "file");
                [format!("The {files} {} {agree} with {its}.", self.where_they_are()), rest.to_owned()]
            }
        }
    }

    fn limits(&self, basis: &Basis<'_>) -> Vec<String> {
        let mut sentences = vec![
            "That the log is complete: the records carry no evidence of their own, so any of them may have been changed \
             or left out before the lists were written."
                .to_owned(),
            match self.kind {
                Kind::Bag => {
                    "That nobody changed the files on purpose: whoever could write the bag could write its lists anew, \
                     and nothing that was checked comes from outside it."
                }
                Kind::Loose { .. } => {
                    "That nobody changed the files on purpose: whoever could write them could write the lists anew."
                }
            }
            .to_owned(),
        ];
        if basis.tally.has(Code::FileNotListed) {
            sentences.push("Anything about the files that no list names.".to_owned());
        }
        if self.is_weak && self.is_evidence() {
            sentences.push(
                "Anything against somebody who prepared two files of one checksum: the lists are in MD5 or SHA-1 alone."
                    .to_owned(),
            );
        }
        if basis.tally.has(Code::SignaturesNotChecked) {
            sentences.push("What some signatures say: they are of a kind that is not checked.".to_owned());
        }
        sentences.push(
            "That the system recorded the truth, or recorded everything, or that its clock was right.".to_owned(),
        );
        sentences
    }
}
