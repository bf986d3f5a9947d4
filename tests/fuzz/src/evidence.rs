//! A signed bundle with one file replaced, and every list and sum around it written anew, as an attacker would who has
//! the log and not the key.
//!
//! The first byte of an input names the file, the rest is its content.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::LazyLock;

use bundle::{Entry, Profile, ReadFault, Trouble};
use integrity::Digest;
use integrity::canonical::scan;
use integrity::keys::Kid;
use specimen::{MemorySink, Options as SpecimenOptions, Signing};
use verify::{Badge, MemorySpill, NoOnlooker, NoProgress, Options, PinnedKey, Source};

const MANIFEST: &str = "data/audit-manifest.json";
const LIST: &str = "manifest-sha256.txt";
const TAG_LIST: &str = "tagmanifest-sha256.txt";
/// Files that an input can replace, by its first byte.
const FILES: [&str; 4] =
    ["data/events/segment-000001.ndjson", MANIFEST, "data/keys/keys.json", "data/checkpoints/checkpoints.ndjson"];

/// A bundle whose every record is signed, and what its producer signed.
pub(crate) struct Signed {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    kid: Kid,
    /// What is hashed of each record.
    hashes: BTreeSet<Digest>,
}

pub(crate) static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let mut sink = MemorySink::new();
    let options = SpecimenOptions { events: 12, signing: Signing::Event, ..SpecimenOptions::default() };
    let made = options.plan().unwrap().write(&mut sink).unwrap();
    let files = sink.into_files();
    let lines = files[FILES[0]].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let hashes = lines.map(|line| scan(line).unwrap().preimage().digest()).collect();
    let kid = Kid::from_text(made.kid.as_deref().unwrap()).unwrap();
    Signed { files, kid, hashes }
});

/// The inputs that leave each file as it is.
pub(crate) fn unchanged() -> Vec<Vec<u8>> {
    let input = |(at, name): (usize, &&str)| {
        let mut input = vec![u8::try_from(at).unwrap()];
        input.extend_from_slice(&SIGNED.files[*name]);
        input
    };
    FILES.iter().enumerate().map(input).collect()
}

pub(crate) fn feed(bytes: &[u8]) {
    let Some((at, content)) = bytes.split_first() else { return };
    let Some(name) = FILES.get(usize::from(*at)) else { return };
    let mut files = SIGNED.files.clone();
    files.insert((*name).to_owned(), content.to_vec());
    restate(&mut files);
    let bag = Bag::new(files);
    let mut options = Options::new([7; 16]);
    options.trust.keys.push(PinnedKey::by_kid(SIGNED.kid));
    let report = verify::check(&bag, &options, &NoOnlooker, &NoProgress, &mut MemorySpill::new()).unwrap();
    if !matches!(report.badge(), Badge::Verified(_)) {
        return;
    }
    // Whatever is called verified is what the producer signed, and nothing besides.
    let lines = bag.files[FILES[0]].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    for line in lines {
        let digest = scan(line).unwrap().preimage().digest();
        assert!(SIGNED.hashes.contains(&digest), "a record is called verified that nobody signed");
    }
}

/// Writes the audit manifest's sums of the segment, and the lists, for the files as they are.
fn restate(files: &mut BTreeMap<String, Vec<u8>>) {
    let segment = Digest::of(&files[FILES[0]]).to_hex();
    if let Ok(mut manifest) = serde_json::from_slice::<serde_json::Value>(&files[MANIFEST])
        && let Some(entry) = manifest.pointer_mut("/segments/0")
        && let Some(members) = entry.as_object_mut()
    {
        members.insert("sha256".to_owned(), segment.into());
        members.insert("bytes".to_owned(), files[FILES[0]].len().into());
        // Rewriting is for those who keep to the format; another manifest is left as the input has it.
        if let Ok(text) = integrity::canonical::to_canonical(&manifest) {
            files.insert(MANIFEST.to_owned(), text);
        }
    }
    let list_of = |files: &BTreeMap<String, Vec<u8>>, wanted: &dyn Fn(&str) -> bool| {
        let lines = files.iter().filter(|(name, _)| wanted(name));
        lines.fold(String::new(), |list, (name, bytes)| format!("{list}{}  {name}\n", Digest::of(bytes)))
    };
    let payload = list_of(files, &|name| name.starts_with("data/"));
    files.insert(LIST.to_owned(), payload.into_bytes());
    let octets: usize = files.iter().filter(|(name, _)| name.starts_with("data/")).map(|(_, bytes)| bytes.len()).sum();
    let count = files.keys().filter(|name| name.starts_with("data/")).count();
    let info = String::from_utf8(files["bag-info.txt"].clone()).unwrap();
    let restated = |line: &str| {
        if line.starts_with("Payload-Oxum:") {
            format!("Payload-Oxum: {octets}.{count}\n")
        } else {
            format!("{line}\n")
        }
    };
    files.insert("bag-info.txt".to_owned(), info.lines().map(restated).collect::<String>().into_bytes());
    let tags = list_of(files, &|name| !name.contains('/') && name != TAG_LIST);
    files.insert(TAG_LIST.to_owned(), tags.into_bytes());
}

/// Files in memory.
struct Bag {
    entries: Vec<Entry>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Bag {
    fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let entry = |(name, bytes): (&String, &Vec<u8>)| Entry { name: name.clone(), size_bytes: bytes.len() as u64 };
        Self { entries: files.iter().map(entry).collect(), files }
    }
}

impl Source for Bag {
    fn profile(&self) -> Profile {
        Profile::AuditBundle1
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn troubles(&self) -> &[Trouble] {
        &[]
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        let bytes = self.files.get(name).ok_or_else(|| ReadFault::NoSuchEntry { name: name.to_owned() })?;
        Ok(Box::new(bytes.as_slice()))
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        let bytes = self.files.get(name).ok_or_else(|| ReadFault::NoSuchEntry { name: name.to_owned() })?;
        if bytes.len() as u64 > max_bytes {
            return Err(ReadFault::TooLarge { name: name.to_owned(), limit_bytes: max_bytes });
        }
        Ok(bytes.clone())
    }
}
