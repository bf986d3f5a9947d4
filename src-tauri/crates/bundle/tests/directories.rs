//! Directories: opened without following anything, and read as they were when they were listed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say what they skip"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use bundle::{Bundle, ContainerKind, Limits, LooksLike, OpenFault, Profile, ReadFault, inspect};
use tempfile::TempDir;

const MANIFEST: &str = r#"{"format":"audit-bundle/1.0","bundle_id":"b-1","created":"2026-03-10T00:00:00Z","new_member":1,
    "producer":{"name":"ehr","version":"7"},"source":{"organization":"Example Clinic","system":"ehr-web","timezone":"UTC"},
    "period":{"start":"2026-03-02T00:00:00Z","end":"2026-03-03T00:00:00Z"},"signature_policy":"none",
    "streams":[{"stream_id":"s","first_seq":1,"last_seq":2,"record_count":2}],"checkpoints":{"path":"data/c","count":3},
    "archives":[{"stream_id":"s","present":false}],
    "segments":[{"path":"data/events/b.ndjson","stream_id":"s","rows":1,"min_timestamp":"2026-03-02T01:00:00Z"},
                {"path":"data/events/a.ndjson","stream_id":"s","rows":1}]}"#;

fn write(root: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A small bag in a directory of its own.
fn bag() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("bag");
    write(&root, "bagit.txt", "BagIt-Version: 1.0\n");
    write(&root, "data/audit-manifest.json", MANIFEST);
    write(&root, "data/events/a.ndjson", "{\"event\":{\"event_id\":\"2\"}}\n");
    write(&root, "data/events/b.ndjson", "{\"event\":{\"event_id\":\"1\"}}\n");
    (folder, root)
}

fn open(root: &Path) -> Bundle {
    bundle::open(root, &Limits::standard()).unwrap()
}

fn codes(opened: &Bundle) -> Vec<&'static str> {
    opened.troubles().iter().map(|trouble| trouble.code.code()).collect()
}

fn looks_like(root: &Path) -> LooksLike {
    match bundle::open(root, &Limits::standard()) {
        Err(OpenFault::NotABundle { looks_like, .. }) => looks_like,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bag_is_found_where_its_declaration_is() {
    let (folder, root) = bag();
    write(folder.path(), "beside.txt", "x");
    for path in [root.as_path(), folder.path()] {
        let opened = open(path);
        assert_eq!((opened.container(), opened.profile()), (ContainerKind::Directory, Profile::AuditBundle1));
        let names: Vec<&str> = opened.entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["bagit.txt", "data/audit-manifest.json", "data/events/a.ndjson", "data/events/b.ndjson"]);
        assert_eq!(opened.read("bagit.txt", 100).unwrap(), b"BagIt-Version: 1.0\n");
    }
}

#[test]
fn a_bag_without_its_declaration_is_still_one() {
    let (_folder, root) = bag();
    fs::remove_file(root.join("bagit.txt")).unwrap();
    assert_eq!(open(&root).profile(), Profile::AuditBundle1);
}

#[test]
fn a_bag_whose_audit_manifest_is_gone_is_recognized_by_its_label() {
    let (_folder, root) = bag();
    fs::remove_dir_all(root.join("data")).unwrap();
    assert_eq!(open(&root).profile(), Profile::Unknown);
    write(&root, "bag-info.txt", "Source-Organization: x\nAudit-Bundle-Format: audit-bundle/1.0\n");
    assert_eq!(open(&root).profile(), Profile::AuditBundle1);
}

#[test]
fn records_come_in_the_order_of_the_manifest() {
    let (_folder, root) = bag();
    let opened = open(&root);
    let mut ids = Vec::new();
    for run in bundle::records::records(&opened) {
        let run = run.unwrap();
        for record in run.records() {
            let event = bundle::records::event_of(opened.profile(), record.unwrap().bytes).unwrap();
            ids.push(event.event_id.into_string());
        }
    }
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn an_inspection_tells_what_the_manifest_states() {
    let (_folder, root) = bag();
    let inspection = inspect(&open(&root));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(inspection.profile, "audit-bundle/1.0");
    assert_eq!(inspection.bundle_id, some("b-1"));
    assert_eq!(inspection.producer, some("ehr 7"));
    assert_eq!(inspection.organization, some("Example Clinic"));
    assert_eq!(inspection.time_zone, some("UTC"));
    assert_eq!(inspection.counts.records, Some(2));
    assert_eq!(inspection.counts.records_basis, Some("as_stated"));
    assert_eq!(inspection.counts.files, 4);
    assert_eq!(inspection.checkpoints, Some(3));
    assert_eq!(inspection.archives_absent, 1);
    assert_eq!(inspection.streams.len(), 1);
    assert_eq!(inspection.coverage[0].from, some("2026-03-02T01:00:00Z"));
    assert!(inspection.problems.is_empty());
    assert!(inspection.remark.contains("Nothing was verified"));
    let json = serde_json::to_value(&inspection).unwrap();
    assert_eq!(json["format"], "chartproof-inspect/1");
}

#[test]
fn an_inspection_of_a_bad_manifest_says_so() {
    let (_folder, root) = bag();
    write(&root, "data/audit-manifest.json", "{");
    let inspection = inspect(&open(&root));
    assert_eq!(inspection.problems.len(), 1);
    assert_eq!(inspection.counts.records, None);
}

#[test]
fn what_is_no_bundle_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(looks_like(folder.path()), LooksLike::OtherDirectory);
    write(folder.path(), "notes.txt", "x");
    write(folder.path(), "package.json", "{}");
    assert_eq!(looks_like(folder.path()), LooksLike::OtherDirectory);
    assert_eq!(looks_like(&folder.path().join("notes.txt")), LooksLike::Text);
    write(folder.path(), "one/bagit.txt", "x");
    write(folder.path(), "two/bagit.txt", "x");
    assert_eq!(looks_like(folder.path()), LooksLike::SeveralBundles);
    let missing = bundle::open(&folder.path().join("missing"), &Limits::standard());
    assert!(matches!(missing, Err(OpenFault::Missing { .. })));
}

#[test]
fn names_that_meet_on_some_system_are_refused_in_directories_too() {
    let (_folder, root) = bag();
    write(&root, "data/events/A.ndjson", "x");
    if fs::read_dir(root.join("data/events")).unwrap().count() == 2 {
        println!("skipped: this file system folds case");
        return;
    }
    assert_eq!(codes(&open(&root)), ["ARCHIVE_NAME_COLLISION"]);
}

#[test]
fn a_file_over_its_limit_refuses_the_directory() {
    let (_folder, root) = bag();
    fs::File::create(root.join("data/huge")).unwrap().set_len((4 << 30) + 1).unwrap();
    assert_eq!(codes(&open(&root)), ["ARCHIVE_LIMIT_EXCEEDED"]);
    assert!(bundle::open(&root, &Limits::large()).unwrap().troubles().is_empty());
}

#[test]
fn a_file_that_vanishes_is_a_fault_with_its_name() {
    let (_folder, root) = bag();
    let opened = open(&root);
    fs::remove_file(root.join("data/events/a.ndjson")).unwrap();
    let fault = opened.read("data/events/a.ndjson", 1000).unwrap_err();
    assert!(matches!(&fault, ReadFault::Vanished { name } if name == "data/events/a.ndjson"), "{fault:?}");
}

#[test]
fn a_file_that_changes_before_or_while_it_is_read_is_a_fault_with_its_name() {
    let (_folder, root) = bag();
    let path = root.join("data/events/a.ndjson");
    let name = "data/events/a.ndjson";
    let changed = |fault: &ReadFault| matches!(fault, ReadFault::Changed { name: found } if found == name);

    let opened = open(&root);
    let mut stream = opened.stream(name).unwrap();
    let mut first = [0; 4];
    stream.read_exact(&mut first).unwrap();
    fs::File::options().append(true).open(&path).unwrap().write_all(b"{}\n").unwrap();
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert!(changed(&ReadFault::of(error)));
    assert!(changed(&opened.read(name, 1000).unwrap_err()));

    let opened = open(&root);
    let mut stream = opened.stream(name).unwrap();
    stream.read_exact(&mut first).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert!(changed(&ReadFault::of(error)));

    // Rewritten in place, and its time of modification set back.
    #[cfg(unix)]
    {
        let opened = open(&root);
        let mut file = fs::File::options().write(true).open(&path).unwrap();
        let before = file.metadata().unwrap().modified().unwrap();
        file.write_all(b"[").unwrap();
        file.set_times(fs::FileTimes::new().set_modified(before)).unwrap();
        assert!(changed(&opened.read(name, 1000).unwrap_err()));
    }

    // Another file of the same size under the same name.
    let opened = open(&root);
    fs::write(root.join("new"), b"0123456789").unwrap();
    fs::rename(root.join("new"), &path).unwrap();
    assert!(changed(&opened.read(name, 1000).unwrap_err()));
}

#[test]
fn an_entry_streams_from_its_beginning_each_time() {
    let (_folder, root) = bag();
    let opened = open(&root);
    for _ in 0..2 {
        assert_eq!(opened.read("bagit.txt", 19).unwrap().len(), 19);
    }
    assert!(matches!(opened.read("bagit.txt", 18), Err(ReadFault::TooLarge { limit_bytes: 18, .. })));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_link_anywhere_refuses_the_directory() {
        for target in ["/etc/passwd", "a.ndjson", "nowhere", "."] {
            let (_folder, root) = bag();
            symlink(target, root.join("data/events/link")).unwrap();
            let opened = open(&root);
            assert_eq!(codes(&opened), ["LINK_FORBIDDEN"]);
            assert_eq!(opened.troubles()[0].file.as_deref(), Some("data/events/link"));
            assert!(opened.entries().is_empty());
        }
    }

    #[test]
    fn the_bag_itself_may_be_reached_through_a_link() {
        let (folder, root) = bag();
        symlink(&root, folder.path().join("link")).unwrap();
        let opened = open(&folder.path().join("link"));
        assert!(opened.troubles().is_empty());
        assert_eq!(opened.read("bagit.txt", 19).unwrap().len(), 19);
    }

    #[test]
    fn a_socket_refuses_the_directory_and_is_no_bundle() {
        let (_folder, root) = bag();
        let _listener = UnixListener::bind(root.join("data/socket")).unwrap();
        assert_eq!(codes(&open(&root)), ["ARCHIVE_ENTRY_TYPE"]);
        assert_eq!(looks_like(&root.join("data/socket")), LooksLike::SpecialFile);
    }

    #[test]
    fn a_pipe_refuses_the_directory_and_is_never_waited_for() {
        let (_folder, root) = bag();
        let made = std::process::Command::new("mkfifo").arg(root.join("data/pipe")).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: no mkfifo");
            return;
        }
        assert_eq!(codes(&open(&root)), ["ARCHIVE_ENTRY_TYPE"]);
        fs::remove_file(root.join("data/pipe")).unwrap();
        let opened = open(&root);
        fs::remove_file(root.join("data/events/a.ndjson")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(root.join("data/events/a.ndjson")).status();
        assert!(made.unwrap().success());
        assert!(matches!(opened.read("data/events/a.ndjson", 100), Err(ReadFault::Changed { .. })));
    }

    #[test]
    fn what_becomes_a_link_after_it_was_listed_is_not_followed() {
        let (_folder, root) = bag();
        let opened = open(&root);
        let path = root.join("data/events/a.ndjson");
        fs::rename(&path, root.join("data/moved")).unwrap();
        symlink(root.join("data/moved"), &path).unwrap();
        assert!(matches!(opened.read("data/events/a.ndjson", 1000), Err(ReadFault::Changed { .. })));
    }

    #[test]
    fn a_directory_that_becomes_a_link_after_it_was_listed_is_not_followed() {
        let (folder, root) = bag();
        let opened = open(&root);
        fs::rename(root.join("data/events"), folder.path().join("outside")).unwrap();
        symlink(folder.path().join("outside"), root.join("data/events")).unwrap();
        assert!(matches!(opened.read("data/events/a.ndjson", 1000), Err(ReadFault::Changed { .. })));
    }

    #[test]
    fn a_name_that_is_no_text_or_unsafe_refuses_the_directory() {
        let (_folder, root) = bag();
        if fs::write(root.join(OsStr::from_bytes(b"a\xff")), "x").is_err() {
            println!("skipped: this file system wants UTF-8 names");
            return;
        }
        let opened = open(&root);
        assert_eq!(codes(&opened), ["PATH_UNSAFE"]);
        assert_eq!(opened.troubles()[0].file.as_deref(), Some("a⟦0xFF⟧"));
        for name in ["back\\slash", "a:b", "CON", "dot.", "new\nline"] {
            let (_folder, root) = bag();
            write(&root, name, "x");
            assert_eq!(codes(&open(&root)), ["PATH_UNSAFE"], "{name:?}");
        }
    }

    #[test]
    fn what_may_not_be_read_is_a_fault_that_names_it() {
        let (_folder, root) = bag();
        let events = root.join("data/events");
        let opened = open(&root);
        fs::set_permissions(events.join("a.ndjson"), fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(events.join("a.ndjson")).is_ok() {
            println!("skipped: this user may read everything");
            return;
        }
        assert!(matches!(opened.read("data/events/a.ndjson", 100), Err(ReadFault::Unreadable { .. })));
        fs::set_permissions(&events, fs::Permissions::from_mode(0o000)).unwrap();
        let fault = bundle::open(&root, &Limits::standard()).unwrap_err();
        fs::set_permissions(&events, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(&fault, OpenFault::Unreadable { path, .. } if path.ends_with("data/events")), "{fault:?}");
    }
}
