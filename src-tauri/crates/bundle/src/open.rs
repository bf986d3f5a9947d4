//! Decides what a path is and where the bundle in it begins.
//!
//! A path that is no known container is an [`OpenFault`]. A known container that is hostile, damaged or cut short opens
//! with troubles, so that a report can say what is wrong with it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::bundle::{Bundle, Container, Entry, Profile, Slot};
use crate::directory::Directory;
use crate::escape::visible;
use crate::fault::{LooksLike, OpenFault};
use crate::fhir;
use crate::limits::{BAG_INFO_BYTES_MAX, Limits, SNIFF_BYTES_MAX};
use crate::lone::LoneFile;
use crate::sniff::{self, Beginning};
use crate::steady::open_no_follow;
use crate::trouble::{Trouble, TroubleCode};
use crate::unpack::{Packing, unpack};
use crate::{tar, zip};

/// Files whose presence makes a directory a bag, even if it is a broken one. So does a manifest in any algorithm.
const BAG_MARKS: &[&str] = &["bagit.txt", "bag-info.txt", "data/audit-manifest.json"];
/// How the names of a bag's lists begin and end.
const LIST_BEGINNINGS: [&str; 2] = ["manifest-", "tagmanifest-"];
const LIST_ENDING: &str = ".txt";
/// Most children of a directory that are looked at to find out what it is.
const CHILDREN_MAX: usize = 10_000;
/// Most files whose content is looked at to recognize FHIR.
const PROBES_MAX: usize = 64;
/// Bytes that recognize a file.
const HEAD_BYTES: u64 = 512;
/// Most names that a message lists.
const NAMES_TOLD_MAX: usize = 5;

/// Opens a directory, a zip or tar archive, or a single file of FHIR resources, without changing or extracting anything.
///
/// The path itself may be a link, since the user chose it; nothing inside may.
pub fn open(path: &Path, limits: &Limits) -> Result<Bundle, OpenFault> {
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => OpenFault::Missing { path: path.to_owned() },
        _ => OpenFault::Unreadable { path: path.to_owned(), source },
    })?;
    if metadata.is_dir() {
        open_directory(path, limits)
    } else if metadata.is_file() {
        open_file(path, limits)
    } else {
        Err(not_a_bundle(path, LooksLike::SpecialFile))
    }
}

fn not_a_bundle(path: &Path, looks_like: LooksLike) -> OpenFault {
    OpenFault::NotABundle { path: path.to_owned(), looks_like }
}

fn open_directory(path: &Path, limits: &Limits) -> Result<Bundle, OpenFault> {
    let root = directory_root(path, limits)?;
    let (directory, files, troubles) = Directory::list(&root, limits)?;
    let files = files
        .into_iter()
        .map(|file| {
            let entry = Entry { name: file.name.clone(), size_bytes: file.stamp.size_bytes };
            (entry, Slot::Listed(file.stamp, file.name))
        })
        .collect();
    let mut bundle = finish(Container::Directory(directory), files, troubles.into_list(), limits);
    let top = root.strip_prefix(path).ok().filter(|inner| !inner.as_os_str().is_empty());
    bundle.set_top(top.map(|inner| inner.to_string_lossy().into_owned()));
    Ok(bundle)
}

/// Finds the directory in which the bundle lies: the one given, or the only one in it that is a bag.
fn directory_root(path: &Path, limits: &Limits) -> Result<PathBuf, OpenFault> {
    let is_there = |path: PathBuf| fs::symlink_metadata(path).is_ok();
    if BAG_MARKS.iter().any(|mark| is_there(path.join(mark))) {
        return Ok(path.to_owned());
    }
    let unreadable = |source| OpenFault::Unreadable { path: path.to_owned(), source };
    let mut files = BTreeSet::new();
    let mut directories = BTreeSet::new();
    for child in fs::read_dir(path).map_err(unreadable)?.take(CHILDREN_MAX) {
        let child = child.map_err(unreadable)?;
        let file_type = child.file_type().map_err(unreadable)?;
        if file_type.is_dir() {
            directories.insert(child.path());
        } else if file_type.is_file() && is_list(&child.file_name().to_string_lossy()) {
            return Ok(path.to_owned());
        } else if file_type.is_file() && fhir::is_resource_file(&child.file_name().to_string_lossy()) {
            files.insert(child.path());
        }
    }
    let mut bags = directories.iter().filter(|directory| is_there(directory.join("bagit.txt")));
    match (bags.next(), bags.next()) {
        (Some(bag), None) => Ok(bag.clone()),
        (Some(_), Some(_)) => Err(not_a_bundle(path, LooksLike::SeveralBundles)),
        _ => speaks_fhir(path, &files, limits),
    }
}

/// The directory, if a file in it speaks FHIR. What cannot be opened may be the one that does: then that is told.
fn speaks_fhir(path: &Path, files: &BTreeSet<PathBuf>, limits: &Limits) -> Result<PathBuf, OpenFault> {
    let mut closed = None;
    for file in files.iter().take(PROBES_MAX) {
        let packing = file.file_name().and_then(|name| fhir::packing_of_name(&name.to_string_lossy()));
        match open_no_follow(file) {
            Ok(opened) => {
                if sniff::speaks_fhir(&head_of(opened, packing, limits)) {
                    return Ok(path.to_owned());
                }
            }
            Err(source) => closed = closed.or(Some(OpenFault::Unreadable { path: file.clone(), source })),
        }
    }
    Err(closed.unwrap_or_else(|| not_a_bundle(path, LooksLike::OtherDirectory)))
}

/// The beginning of what a file holds. A head that cannot be read to its end is still a head; reading the file will say
/// what is wrong with it.
fn head_of(file: impl Read, packing: Option<Packing>, limits: &Limits) -> Vec<u8> {
    let mut head = Vec::new();
    let read = match packing {
        Some(packing) => unpack(file, packing, "", limits).take(SNIFF_BYTES_MAX).read_to_end(&mut head),
        None => file.take(SNIFF_BYTES_MAX).read_to_end(&mut head),
    };
    drop(read);
    head
}

fn open_file(path: &Path, limits: &Limits) -> Result<Bundle, OpenFault> {
    let unreadable = |source| OpenFault::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let lone = LoneFile::new(file.try_clone().map_err(unreadable)?).map_err(unreadable)?;
    match sniff::beginning(&lone.head(HEAD_BYTES).map_err(unreadable)?) {
        Beginning::Zip => open_zip(path, file, limits),
        Beginning::Tar => open_tar(path, file, None, limits),
        Beginning::Packed(packing) if holds_tar(path, &lone, packing, limits) => {
            open_tar(path, file, Some(packing), limits)
        }
        Beginning::Packed(packing) if holds_lines(&lone, packing, limits) => Ok(open_lone(path, lone, limits)),
        Beginning::Packed(Packing::Gzip) => Err(not_a_bundle(path, LooksLike::Gzip)),
        Beginning::Packed(Packing::Zstd) => Err(not_a_bundle(path, LooksLike::Zstandard)),
        Beginning::Json => open_json(path, lone, limits),
        Beginning::Other(_) if zip::ends_like_a_zip(&lone) => open_zip(path, file, limits),
        Beginning::Other(looks_like) => Err(not_a_bundle(path, looks_like)),
    }
}

/// Whether what is packed here is a tar archive. Content decides; where too little of it can be unpacked to tell, the
/// name does, so that a damaged archive gets a report.
fn holds_tar(path: &Path, lone: &LoneFile, packing: Packing, limits: &Limits) -> bool {
    let packed = lone.steady().section(0, lone.size_bytes());
    let mut head = Vec::new();
    let unpacked = unpack(packed, packing, "", limits).take(HEAD_BYTES).read_to_end(&mut head);
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let is_named_so = [".tar.gz", ".tgz", ".tar.zst", ".tzst"].iter().any(|ending| name.ends_with(ending));
    sniff::is_tar(&head) || (unpacked.is_err() && is_named_so)
}

/// Whether what is packed here is FHIR resources line by line: only then it can be read as it is.
fn holds_lines(lone: &LoneFile, packing: Packing, limits: &Limits) -> bool {
    let head = head_of(lone.steady().section(0, lone.size_bytes()), Some(packing), limits);
    let text = head.strip_prefix(sniff::BYTE_ORDER_MARK).unwrap_or(&head);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // A line that is longer than the head may yet be one; reading it will say.
    let is_line = first.len() == text.len() || serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok();
    is_line && sniff::speaks_fhir(&head)
}

fn open_json(path: &Path, lone: LoneFile, limits: &Limits) -> Result<Bundle, OpenFault> {
    let unreadable = |source| OpenFault::Unreadable { path: path.to_owned(), source };
    let head = lone.head(SNIFF_BYTES_MAX).map_err(unreadable)?;
    if !sniff::speaks_fhir(&head) {
        let is_segment = sniff::speaks_audit_bundle(&head);
        return Err(not_a_bundle(path, if is_segment { LooksLike::LoneSegment } else { LooksLike::OtherJson }));
    }
    Ok(open_lone(path, lone, limits))
}

/// A single file that was recognized.
fn open_lone(path: &Path, lone: LoneFile, limits: &Limits) -> Bundle {
    let name = file_name(path);
    let size_bytes = lone.size_bytes();
    let mut troubles = Vec::new();
    if size_bytes > limits.entry_bytes_max {
        let message = format!("The file is larger than {} bytes.", limits.entry_bytes_max);
        let file = Some(visible(&name).into_owned());
        troubles.push(Trouble { code: TroubleCode::ArchiveLimitExceeded, file, message });
    }
    let files = vec![(Entry { name, size_bytes }, Slot::Lone)];
    Bundle::new(Container::Lone(lone), Profile::FhirAuditEvent, files, troubles, limits)
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned())
}

fn open_zip(path: &Path, file: File, limits: &Limits) -> Result<Bundle, OpenFault> {
    let unreadable = |source| OpenFault::Unreadable { path: path.to_owned(), source };
    let zip::Listing { archive, members, directories, troubles } =
        zip::Archive::list(file, file_name(path), limits).map_err(unreadable)?;
    let members = members
        .into_iter()
        .map(|member| (Entry { name: member.name, size_bytes: member.size_bytes }, Slot::Packed(member.packed)));
    let listed = Listed { members: members.collect(), directories, troubles: troubles.into_list() };
    open_archive(path, Container::Zip(archive), listed, limits)
}

fn open_tar(path: &Path, file: File, packing: Option<Packing>, limits: &Limits) -> Result<Bundle, OpenFault> {
    let unreadable = |source| OpenFault::Unreadable { path: path.to_owned(), source };
    let tar::Listing { archive, members, directories, troubles } =
        tar::Archive::list(file, file_name(path), packing, limits).map_err(unreadable)?;
    let members = members
        .into_iter()
        .map(|member| (Entry { name: member.name, size_bytes: member.size_bytes }, Slot::Placed(member.placed)));
    let listed = Listed { members: members.collect(), directories, troubles: troubles.into_list() };
    open_archive(path, Container::Tar(archive), listed, limits)
}

/// What an archive of any kind was found to hold, under full names.
struct Listed {
    members: Vec<(Entry, Slot)>,
    directories: Vec<String>,
    troubles: Vec<Trouble>,
}

/// Finds the one directory at the top of an archive in which a bundle lies.
fn open_archive(path: &Path, container: Container, listed: Listed, limits: &Limits) -> Result<Bundle, OpenFault> {
    let Listed { members, directories, mut troubles } = listed;
    let tops = Tops::of(members.iter().map(|(entry, _)| entry.name.as_str()), &directories);
    let is_refused = troubles.iter().any(|trouble| trouble.code.refuses());
    let is_bag = members.iter().any(|(entry, _)| is_bag_mark(&entry.name));
    let single = tops.single().map(|top| format!("{top}/"));
    if is_bag && single.is_none() && !is_refused {
        troubles.push(tops.trouble());
    }
    let files = members
        .into_iter()
        .map(|(entry, slot)| {
            let inner = single.as_deref().and_then(|top| entry.name.strip_prefix(top)).map(str::to_owned);
            (Entry { name: inner.unwrap_or(entry.name), size_bytes: entry.size_bytes }, slot)
        })
        .collect();
    let has_directories_beside = single.is_none() && !tops.directories.is_empty();
    let mut bundle = finish(container, files, troubles, limits);
    bundle.set_top(single.map(|top| top.trim_end_matches('/').to_owned()));
    if is_bag || bundle.is_refused() {
        return Ok(bundle);
    }
    if bundle.profile() == Profile::Unknown {
        return Err(not_a_bundle(path, LooksLike::OtherContent));
    }
    if has_directories_beside {
        bundle.refuse(tops.trouble());
    }
    Ok(bundle)
}

/// Whether a full name in an archive is a mark of a bag that lies at the top or one level down.
fn is_bag_mark(name: &str) -> bool {
    let inner = name.split_once('/').map_or(name, |(_, inner)| inner);
    [name, inner].iter().any(|name| BAG_MARKS.contains(name) || is_list(name))
}

/// Whether a name is that of a manifest at the top of a bag.
fn is_list(name: &str) -> bool {
    name.ends_with(LIST_ENDING) && LIST_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// What lies at the top of an archive.
struct Tops {
    files: BTreeSet<String>,
    directories: BTreeSet<String>,
}

impl Tops {
    fn of<'n>(names: impl Iterator<Item = &'n str>, listed_directories: &[String]) -> Self {
        let mut tops = Self { files: BTreeSet::new(), directories: BTreeSet::new() };
        for name in names {
            match name.split_once('/') {
                Some((top, _)) => tops.directories.insert(top.to_owned()),
                None => tops.files.insert(name.to_owned()),
            };
        }
        for name in listed_directories {
            let top = name.split_once('/').map_or(name.as_str(), |(top, _)| top);
            tops.directories.insert(top.to_owned());
        }
        tops
    }

    /// The one top-level directory, if there is nothing beside it.
    fn single(&self) -> Option<&str> {
        let mut directories = self.directories.iter();
        match (directories.next(), directories.next()) {
            (Some(top), None) if self.files.is_empty() => Some(top),
            _ => None,
        }
    }

    fn trouble(&self) -> Trouble {
        let all = self.directories.iter().map(|name| format!("{}/", visible(name)));
        let all = all.chain(self.files.iter().map(|name| visible(name).into_owned()));
        let told: Vec<String> = all.take(NAMES_TOLD_MAX).collect();
        let mut message =
            format!("The archive must hold exactly one top-level directory; it holds {}.", told.join(", "));
        if self.directories.contains("__MACOSX") {
            message.push_str(" The Finder of macOS adds __MACOSX; another program packs the directory as it is.");
        }
        Trouble { code: TroubleCode::ArchiveLayout, file: None, message }
    }
}

/// Puts the bundle together and recognizes its profile.
fn finish(container: Container, files: Vec<(Entry, Slot)>, troubles: Vec<Trouble>, limits: &Limits) -> Bundle {
    // Of a refused container only the names are known, and they go when it is put together.
    let by_name = profile_by_name(&files);
    let mut bundle = Bundle::new(container, by_name, files, troubles, limits);
    if by_name == Profile::Unknown && !bundle.is_refused() {
        let profile = profile_by_content(&bundle);
        bundle.set_profile(profile);
    }
    bundle
}

fn profile_by_name(files: &[(Entry, Slot)]) -> Profile {
    let tells = |name: &str| {
        let inner = name.split_once('/').map_or(name, |(_, inner)| inner);
        [name, inner].iter().any(|name| *name == "data/audit-manifest.json" || name.starts_with("data/events/"))
    };
    if files.iter().any(|(entry, _)| tells(&entry.name)) { Profile::AuditBundle1 } else { Profile::Unknown }
}

fn profile_by_content(bundle: &Bundle) -> Profile {
    if let Ok(info) = bundle.read("bag-info.txt", BAG_INFO_BYTES_MAX)
        && info.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"Audit-Bundle-Format:"))
    {
        return Profile::AuditBundle1;
    }
    let is_fhir = fhir::resource_files(bundle).take(PROBES_MAX).any(|(name, packing)| {
        bundle.stream(name).is_ok_and(|stream| sniff::speaks_fhir(&head_of(stream, packing, bundle.limits())))
    });
    if is_fhir { Profile::FhirAuditEvent } else { Profile::Unknown }
}
