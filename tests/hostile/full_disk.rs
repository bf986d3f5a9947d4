//! A disk that runs full while a bundle is imported: the vault lies on a small file system of its own (tmpfs in a mount
//! namespace of this test, which ends with it).

use std::fs;
use std::process::Command;

use chartproof_tests::cli;
use chartproof_tests::sample::files;
use serde_json::Value;

use crate::office::{Office, import_words};

/// Room that no job takes, in KiB.
const KEPT_KIB: u64 = 64 << 10;
/// Room beside the vault, in KiB: from hardly any, over what is kept, to enough.
const ROOM_KIB: [u64; 8] = [
    64,
    2_048,
    KEPT_KIB + 1_024,
    KEPT_KIB + 2_048,
    KEPT_KIB + 2_560,
    KEPT_KIB + 3_072,
    KEPT_KIB + 4_096,
    KEPT_KIB + 16_384,
];
/// From how much room on, in KiB, looks into a vault can be written down.
const LOOK_KIB: u64 = 1_024;
/// Where the vault lies, what is run on it, and what each run said. `$1` is the size, `$2` the program. What is asked
/// before there is room again is named `full-…`.
const SCRIPT: &str = r#"
set -eu
mount -t tmpfs -o "size=$1k" none small
cp -r vault/. small/
run() { set +e; name=$1; shift; "$program" "$@" >"said/$name.out" 2>"said/$name.err"; echo $? >"said/$name.code"; set -e; }
program=$2; shift 2
ask() {
    for command in "bundles --format json" "vault check" "access-log verify"; do
        run "$1${command%% *}" $command --vault small --user jordan --passphrase-file passphrase
    done
}
run import "$@"
ask full-
mount -o remount,size=1g small
ask ""
run again "$@"
"#;

/// Whether this account may mount something nobody else sees, and with which words.
fn namespace() -> Option<&'static str> {
    let may = |words: &str| {
        let mount = "mount -t tmpfs none /mnt";
        Command::new("unshare").args([words, "--", "sh", "-c", mount]).output().is_ok_and(|done| done.status.success())
    };
    let words = ["-Urm", "-m"].into_iter().find(|words| may(words));
    if words.is_none() {
        println!("skipped: this account may not mount a small disk (unshare, tmpfs)");
    }
    words
}

#[test]
fn a_full_disk_is_said_to_be_and_nothing_half_made_is_kept() {
    let Some(office) = Office::new() else { return };
    let Some(namespace) = namespace() else { return };
    // Another bundle than the one that is there: larger than any room but the last.
    let larger = office.path("larger");
    let words = ["sample", "larger", "--events", "6000", "--seed", "12"];
    office.run(words).done();
    let vault_kib: u64 =
        files(&office.path("vault")).iter().map(|file| fs::metadata(file).unwrap().len() / 1024 + 8).sum();
    fs::create_dir(office.path("small")).unwrap();
    fs::create_dir(office.path("said")).unwrap();
    let mut full = 0;
    for room in ROOM_KIB {
        let size = (vault_kib + room).to_string();
        let program = office.program().to_str().unwrap();
        let mut words: Vec<std::ffi::OsString> =
            [namespace, "--", "sh", "-c", SCRIPT, "sh", &size, program].map(Into::into).to_vec();
        words.extend(import_words(&larger).into_iter().map(|word| if word == "vault" { "small".into() } else { word }));
        let output = cli::command("unshare", office.home(), words).output().unwrap();
        assert!(output.status.success(), "{room} KiB: {}", String::from_utf8_lossy(&output.stderr));
        full += u32::from(told(&office, room));
    }
    assert!(full > 0, "some disk was too small");
    println!("{full} of {} disks were too small", ROOM_KIB.len());
}

/// What was said on a disk of this room; tells whether it was too small.
#[track_caller]
fn told(office: &Office, room: u64) -> bool {
    let said = |name: &str| fs::read_to_string(office.path("said").join(name)).unwrap();
    let code = |name: &str| said(&format!("{name}.code")).trim().to_owned();
    let complaint = said("import.err");
    let was_full = code("import") == "5";
    println!("{room} KiB: {}", if was_full { complaint.lines().last().unwrap_or_default() } else { "stored" });
    if was_full {
        assert!(complaint.contains("The disk "), "{room} KiB: {complaint}");
        assert!(complaint.contains("Make room where the vault lies"), "{room} KiB: {complaint}");
        assert_eq!(said("import.out"), "", "{room} KiB");
    } else {
        assert_eq!(code("import"), "0", "{room} KiB: {complaint}");
    }
    assert!(!complaint.contains("panicked"), "{complaint}");
    let while_full: &[&str] = if room >= LOOK_KIB { &["full-bundles", "full-vault", "full-access-log"] } else { &[] };
    for name in while_full.iter().chain(&["bundles", "vault", "access-log", "again"]) {
        assert_eq!(
            code(name),
            "0",
            "{room} KiB, {name}: {}{}",
            said(&format!("{name}.out")),
            said(&format!("{name}.err"))
        );
    }
    let bundles: Vec<Value> = said("bundles.out").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(bundles.len(), if was_full { 1 } else { 2 }, "{room} KiB: all of it or nothing");
    was_full
}
