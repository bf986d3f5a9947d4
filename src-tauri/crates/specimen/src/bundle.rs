//! Writes a specimen as `audit-bundle/1.0`: traffic becomes records, records become a chain, the chain a bag.
//!
//! One pass, bounded memory. Where somebody tampers, two things are followed side by side: the *truth*, which is what
//! the producer sealed, and what was *written* after the tampering. The tampering itself is in [`crate::tamper`]; here
//! are only the places where it may step in.

use integrity::canonical::to_canonical;
use integrity::signature::Purpose;
use integrity::{Digest, Hasher, chain};
use serde_json::{Value, json};

use crate::bag::{Bag, DECLARATION, Lists, Tags, manifest_text, tagmanifest_text};
use crate::calendar::{DAY, HOUR, date_text, rfc3339, rfc3339_seconds};
use crate::chance::{Chance, base64url16};
use crate::checkpoints::{self, Checkpoints};
use crate::hospital::Hospital;
use crate::ledger::{Ledger, Totals};
use crate::packing::Compression;
use crate::record::{Sealed, VERSION};
use crate::scenario::{Cast, Scenario};
use crate::signing::{Signer, Signing};
use crate::sink::Sink;
use crate::tamper::{Attack, Expectation, Side, SignedAs, Tamper, Written};
use crate::traffic::{Demand, Traffic};
use crate::{PRODUCER, PRODUCER_VERSION};

const CHECKPOINTS_PATH: &str = "data/checkpoints/checkpoints.ndjson";
const KEYS_PATH: &str = "data/keys/keys.json";
pub(crate) const AUDIT_MANIFEST_PATH: &str = "data/audit-manifest.json";
const ORGANIZATION: &str = "Hudson Example Hospital";

/// Options that can be met, with nothing left open. Made by [`Options::plan`](crate::Options::plan).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub(crate) seed: u64,
    pub(crate) events: u64,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) rows_per_segment: u64,
    pub(crate) sha512: bool,
    pub(crate) compression: Compression,
    pub(crate) scenario: Scenario,
    pub(crate) signing: Signing,
    pub(crate) tamper: Option<Tamper>,
}

/// The head of a stream: what somebody may have kept of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of the last record.
    pub last_seq: u64,
    /// Its hash, hex.
    pub last_hash: String,
    /// Its event id.
    pub last_event_id: String,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// The bundle's id.
    pub bundle_id: String,
    /// The id of its one stream.
    pub stream_id: String,
    /// How many records were written.
    pub records: u64,
    /// How many files.
    pub files: u64,
    /// How many bytes in all files.
    pub bytes: u64,
    /// What a verifier has to say about it that knows nothing but the bundle.
    pub expectation: Expectation,
    /// The fingerprint of the producer's key, where something is signed.
    pub kid: Option<String>,
    /// What a verifier has to say that has pinned the producer's key.
    pub if_pinned: Expectation,
    /// The head of the log as the producer sealed it, whatever was done to the end of it afterwards.
    pub head: Head,
    /// What a verifier has to say that knows this head, where that is more than the bundle shows.
    pub if_head_is_known: Option<Expectation>,
}

/// Why a specimen could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault<F: std::error::Error + 'static> {
    /// The sink did not take it.
    #[error("the specimen could not be written")]
    Sink(#[from] F),
    /// A segment could not be packed.
    #[error("the segments could not be compressed")]
    Packing(#[source] std::io::Error),
    /// The tampering needs a checkpoint file with more days than the period turned out to have.
    #[error("this tampering needs {needed} days with events, and there are {found}")]
    TooFewDays {
        /// How many days there must be.
        needed: usize,
        /// How many there are.
        found: usize,
    },
}

/// The ids of a specimen.
pub(crate) struct Names {
    pub(crate) bundle: String,
    pub(crate) stream: String,
    pub(crate) previous_bundle: String,
}

impl Plan {
    fn names(&self) -> Names {
        // Other traffic of the same seed is another log, not another version of this one.
        let Self { events, start, end, .. } = self;
        let log = format!("names of {events} events, {start} to {end}, {}", self.scenario.word());
        let mut chance = Chance::new(self.seed, &log);
        Names { bundle: chance.uuid_text(), stream: chance.uuid_text(), previous_bundle: chance.uuid_text() }
    }

    /// When the bundle says it was made: three hours after its period.
    pub(crate) const fn created(&self) -> i64 {
        self.end + 3 * HOUR
    }

    /// The traffic of the plan.
    pub(crate) fn traffic(&self) -> Traffic {
        let days = u64::try_from((self.end - self.start) / DAY).unwrap_or(1).max(1);
        let hospital = Hospital::new(self.seed, self.events / days);
        let demand = Demand { seed: self.seed, events: self.events, start: self.start, end: self.end };
        Traffic::new(demand, &Cast::new(self.scenario), hospital)
    }

    /// Writes the bundle.
    pub fn write<S: Sink>(&self, sink: &mut S) -> Result<Specimen, WriteFault<S::Fault>>
    where
        S::Fault: std::error::Error + 'static,
    {
        let names = self.names();
        let mut attack = Attack::new(self, &names.stream);
        let mut bag = Bag::new(sink, self.sha512);
        let withheld = attack.withheld_segment();
        let signer = attack.signer(self.seed);
        let mut making = Making {
            signer: signer.clone(),
            lines: Hasher::new(),
            sealed_segments: Vec::new(),
            rows: self.rows_per_segment,
            follows_segments: attack.signs() == Signing::Segment,
            head: Head::default(),
            ledger: Ledger::new(&names.stream, self.rows_per_segment, withheld, self.compression),
            truth: None,
            true_checkpoints: Checkpoints::default(),
            written_checkpoints: Checkpoints::default(),
        };
        self.write_records(&names, &mut attack, &mut bag, &mut making)?;
        making.ledger.close(&mut bag)?;

        let count = self.write_checkpoints(&names, &mut attack, &mut bag, &mut making)?;
        let keys = attack.keys(&signer, self.start, self.end);
        bag.add(KEYS_PATH, &to_canonical(&keys).unwrap_or_default())?;
        attack.sign_segments(&mut making.ledger.segments, &making.sealed_segments, &signer);

        let totals_of_truth = making.truth.as_ref().filter(|_| attack.totals() == Side::Truth);
        let totals = totals_of_truth.or(making.ledger.written.as_ref());
        let mut manifest = self.audit_manifest(&names, &making.ledger, totals, count);
        manifest["signature_policy"] = attack.signs().policy().into();
        attack.audit_manifest(&mut manifest, &names);
        if let Some(bytes) = attack.audit_manifest_bytes(to_canonical(&manifest).unwrap_or_default()) {
            bag.add(AUDIT_MANIFEST_PATH, &bytes)?;
        }
        if let Some((path, bytes)) = attack.unlisted_payload(making.ledger.segments.len()) {
            bag.add_unlisted(&path, bytes)?;
        }
        self.write_tags(&names, &mut attack, &mut bag)?;
        if let Some(fault) = bag.packing_fault.take() {
            return Err(WriteFault::Packing(fault));
        }
        let (files, bytes) = bag.handed_out();
        Ok(Specimen {
            expectation: attack.expectation(&making.ledger.spans, false),
            if_pinned: attack.expectation(&making.ledger.spans, true),
            if_head_is_known: attack.expectation_with_head(&making.head),
            kid: (self.signing != Signing::None).then(|| Signer::new(self.seed, "producer").kid().to_owned()),
            head: making.head,
            records: making.ledger.written.as_ref().map_or(0, |totals| totals.count),
            bundle_id: names.bundle,
            stream_id: names.stream,
            files,
            bytes,
        })
    }

    /// Writes the checkpoint file; says how many checkpoints the audit manifest is to state.
    fn write_checkpoints<S: Sink>(
        &self,
        names: &Names,
        attack: &mut Attack,
        bag: &mut Bag<'_, S>,
        making: &mut Making,
    ) -> Result<usize, WriteFault<S::Fault>>
    where
        S::Fault: std::error::Error + 'static,
    {
        let truth = std::mem::take(&mut making.true_checkpoints.done);
        let mut facts = match attack.checkpoints() {
            Side::Truth => truth.clone(),
            Side::Written => std::mem::take(&mut making.written_checkpoints.done),
            Side::None => Vec::new(),
        };
        attack.drop_unsigned(&mut facts, &truth);
        attack.checkpoint_facts(&mut facts).map_err(|(needed, found)| WriteFault::TooFewDays { needed, found })?;
        let ways = attack.checkpoint_sigs(&facts, &truth);
        let sign = |place: usize, hash: &Digest| {
            let sig = || making.signer.sig(Purpose::Checkpoint, hash);
            match ways.get(place)? {
                SignedAs::Not => None,
                SignedAs::Whole => Some(sig()),
                SignedAs::Stale => Some(making.signer.sig(Purpose::Checkpoint, &Digest::of(hash.as_bytes()))),
                SignedAs::Hit => attack.sig(Purpose::Checkpoint, hash, sig()),
            }
        };
        let mut lines = checkpoints::lines(&facts, &names.stream, self.seed, sign);
        let count = attack.checkpoint_lines(&mut lines, &facts);
        let text: Vec<u8> = lines.into_iter().flat_map(|line| [line, vec![b'\n']].concat()).collect();
        bag.add(CHECKPOINTS_PATH, &text)?;
        Ok(count)
    }

    fn write_records<S: Sink>(
        &self,
        names: &Names,
        attack: &mut Attack,
        bag: &mut Bag<'_, S>,
        making: &mut Making,
    ) -> Result<(), S::Fault> {
        let mut nonces = Chance::new(self.seed, "nonces");
        let mut traffic = self.traffic();
        let mut sealed = Sealed::empty();
        let mut prev = chain::genesis(&names.stream);
        let mut number = 0;
        while let Some(draft) = traffic.next() {
            number += 1;
            let record = &mut sealed.record;
            record.event.clear();
            draft.write(&mut record.event);
            record.version = VERSION;
            record.nonce = base64url16(nonces.bytes16());
            record.seq = number;
            record.prev = prev;
            record.unknown = None;
            record.sig = None;
            record.event_id = draft.event_id;
            record.time = draft.time;
            attack.produce(number, record);
            sealed.seal(&names.stream);
            if attack.signs() == Signing::Event {
                sealed.sign(&making.signer);
            }
            prev = sealed.hash;
            making.keep(number, &sealed, attack, bag)?;
        }
        making.true_checkpoints.close();
        making.written_checkpoints.close();
        making.close_segment();
        Ok(())
    }

    fn audit_manifest(&self, names: &Names, ledger: &Ledger, totals: Option<&Totals>, checkpoints: usize) -> Value {
        let genesis = chain::genesis(&names.stream);
        let text = |time: Option<i64>| String::from_utf8_lossy(&rfc3339(time.unwrap_or(self.start))).into_owned();
        json!({
            "format": "audit-bundle/1.0",
            "bundle_id": names.bundle,
            "created": rfc3339_seconds(self.created()),
            "producer": {"name": PRODUCER, "version": PRODUCER_VERSION},
            "source": {"organization": ORGANIZATION, "system": "ehr-web", "timezone": "America/New_York"},
            "period": {
                "start": text(totals.map(|totals| totals.earliest)),
                "end": text(totals.map(|totals| totals.latest)),
            },
            "signature_policy": "none",
            "streams": [{
                "stream_id": names.stream,
                "genesis_hash": genesis.to_hex(),
                "first_seq": totals.map_or(1, |totals| totals.first_seq),
                "last_seq": totals.map_or(1, |totals| totals.last_seq),
                "first_prev_hash": totals.map_or(genesis, |totals| totals.first_prev).to_hex(),
                "last_hash": totals.map_or(genesis, |totals| totals.last_hash).to_hex(),
                "record_count": totals.map_or(0, |totals| totals.count),
            }],
            "segments": ledger.segments,
            "checkpoints": {"path": CHECKPOINTS_PATH, "count": checkpoints},
            "keys": {"path": KEYS_PATH},
        })
    }

    fn write_tags<S: Sink>(&self, names: &Names, attack: &mut Attack, bag: &mut Bag<'_, S>) -> Result<(), S::Fault> {
        let mut lists = Lists::of(&bag.listed, self.sha512);
        attack.lists(&mut lists);
        let mut tags = Tags::new();
        tags.insert("bagit.txt".to_owned(), DECLARATION.as_bytes().to_vec());
        tags.insert("bag-info.txt".to_owned(), self.bag_info(names, &attack.oxum(bag.oxum())).into_bytes());
        tags.insert("manifest-sha256.txt".to_owned(), manifest_text(&lists.sha256));
        if let Some(sha512) = &lists.sha512 {
            tags.insert("manifest-sha512.txt".to_owned(), manifest_text(sha512));
        }
        attack.before_sealing(&mut tags);
        tags.insert("tagmanifest-sha256.txt".to_owned(), tagmanifest_text(&tags));
        attack.after_sealing(&mut tags);
        for (path, bytes) in &tags {
            bag.add_unlisted(path, bytes)?;
        }
        Ok(())
    }

    fn bag_info(&self, names: &Names, oxum: &str) -> String {
        format!(
            "Source-Organization: {ORGANIZATION}\n\
             External-Identifier: urn:uuid:{}\n\
             Bagging-Date: {}\n\
             Payload-Oxum: {oxum}\n\
             Bag-Software-Agent: {PRODUCER}/{PRODUCER_VERSION}\n\
             Audit-Bundle-Format: audit-bundle/1.0\n",
            names.bundle,
            date_text(self.created()),
        )
    }
}

/// What grows while records are written.
struct Making {
    ledger: Ledger,
    truth: Option<Totals>,
    true_checkpoints: Checkpoints,
    written_checkpoints: Checkpoints,
    signer: Signer,
    /// The lines of the segment that the producer would be writing.
    lines: Hasher,
    /// What the producer's segments come to.
    sealed_segments: Vec<Digest>,
    rows: u64,
    /// Whether that is wanted.
    follows_segments: bool,
    head: Head,
}

impl Making {
    /// Follows the producer's log: its head, and its segments where signatures over them are compared with what is
    /// written.
    fn follow(&mut self, number: u64, sealed: &Sealed) {
        if self.follows_segments {
            self.lines.update(&sealed.line);
            if number.is_multiple_of(self.rows) {
                self.close_segment();
            }
        }
        self.head.last_seq = sealed.record.seq;
        self.head.last_hash = sealed.hash.to_hex();
        self.head.last_event_id.clear();
        self.head.last_event_id.push_str(&String::from_utf8_lossy(&sealed.record.event_id));
    }

    fn close_segment(&mut self) {
        self.sealed_segments.push(std::mem::replace(&mut self.lines, Hasher::new()).finish());
    }

    /// Takes a record of the truth and writes what has become of it.
    fn keep<S: Sink>(
        &mut self,
        number: u64,
        sealed: &Sealed,
        attack: &mut Attack,
        bag: &mut Bag<'_, S>,
    ) -> Result<(), S::Fault> {
        if attack.totals() == Side::Truth {
            Totals::add(&mut self.truth, sealed);
        }
        if attack.checkpoints() == Side::Truth || attack.signs().signs_checkpoints() {
            self.true_checkpoints.push(sealed);
        }
        self.follow(number, sealed);
        let Some(altered) = attack.pass(number, sealed) else {
            self.push(sealed, &sealed.line, &sealed.line, attack, bag)?;
            return Ok(());
        };
        for Written { sealed, hashed, stored } in altered {
            let hashed = hashed.as_ref().unwrap_or(&sealed.line);
            let stored = stored.as_ref().unwrap_or(hashed);
            self.push(&sealed, hashed, stored, attack, bag)?;
        }
        Ok(())
    }

    fn push<S: Sink>(
        &mut self,
        sealed: &Sealed,
        hashed: &[u8],
        stored: &[u8],
        attack: &mut Attack,
        bag: &mut Bag<'_, S>,
    ) -> Result<(), S::Fault> {
        let place = self.ledger.push(bag, sealed, hashed, stored)?;
        attack.placed(sealed.record.seq, place);
        if attack.checkpoints() == Side::Written {
            self.written_checkpoints.push(sealed);
        }
        Ok(())
    }
}

/// What every chain of a stream begins with; a producer that errs begins with another one.
pub(crate) fn other_genesis(stream_id: &str) -> Digest {
    chain::genesis(&stream_id.chars().rev().collect::<String>())
}
