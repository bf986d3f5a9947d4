//! What others use agrees: the tools are run if the machine has them.

use std::fs;
use std::path::Path;
use std::process::Command;

use specimen::Options;

use crate::made;

fn unpacked(options: &Options) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in made(options).1 {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Runs a command line; `None` if a tool that it needs is not there.
fn run(folder: &Path, needs: &[&str], line: &str) -> Option<String> {
    for tool in needs {
        let there =
            Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().is_ok_and(|o| o.status.success());
        if !there {
            println!("skipped: no {tool}");
            return None;
        }
    }
    let output = Command::new("sh").args(["-c", line]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn sha256sum_and_sha512sum_accept_the_manifests() {
    let folder = unpacked(&Options { events: 500, rows_per_segment: 100, sha512: true, ..Options::default() });
    let line = "sha256sum --strict --quiet -c manifest-sha256.txt tagmanifest-sha256.txt \
                && sha512sum --strict --quiet -c manifest-sha512.txt";
    if let Some(output) = run(folder.path(), &["sha256sum", "sha512sum"], line) {
        assert_eq!(output, "");
    }
}

#[test]
fn jq_and_sha256sum_find_the_hash_of_each_record() {
    let folder = unpacked(&Options { events: 25, ..Options::default() });
    let line = r#"while IFS= read -r record; do
        printf '%s' "$record" | jq -cS 'del(.hash,.sig)' | tr -d '\n' | sha256sum | cut -c1-64
        printf '%s' "$record" | jq -r .hash
    done < data/events/segment-000001.ndjson"#;
    let Some(output) = run(folder.path(), &["jq", "sha256sum"], line) else { return };
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), 50);
    assert!(lines.chunks(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn bagit_py_accepts_the_bag() {
    let folder = unpacked(&Options { events: 100, sha512: true, ..Options::default() });
    let there = Command::new("python3").args(["-c", "import bagit"]).output().is_ok_and(|o| o.status.success());
    if !there {
        println!("skipped: no bagit.py");
        return;
    }
    run(folder.path(), &["python3"], "python3 -c 'import bagit; bagit.Bag(\".\").validate()'");
}
