//! Reports: what they say, what they leave out, and that every command they print works.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::office::Office;

/// Stands between the output of one step and the next.
const BETWEEN: &str = "--- next step ---";

fn report_of(office: &Office, words: &[&str]) -> Value {
    let file = office.path("report.json");
    drop(fs::remove_file(&file));
    office.run(&[&["verify"], words, &["--report", "report.json"]].concat());
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

fn steps(report: &Value) -> &[Value] {
    report["check_again"].as_array().unwrap()
}

/// Whether all of these are installed, said aloud where they are not.
#[expect(clippy::print_stdout, reason = "a test says what it leaves out")]
fn has_tools(tools: &[&str]) -> bool {
    let missing = tools.iter().find(|tool| !is_installed(tool));
    if let Some(tool) = missing {
        println!("skipped: no {tool}");
    }
    missing.is_none()
}

/// Where programs lie: on the path, and beside the modules of Python that the build tools have brought.
fn folders() -> Vec<PathBuf> {
    let of = |name| std::env::var_os(name).unwrap_or_default();
    let modules: Vec<_> = std::env::split_paths(&of("PYTHONPATH")).map(|folder| folder.join("bin")).collect();
    modules.into_iter().chain(std::env::split_paths(&of("PATH"))).collect()
}

fn is_installed(program: &str) -> bool {
    folders().iter().any(|folder| folder.join(program).is_file())
}

/// Runs the steps one behind the other in one shell; gives what each printed.
fn run_steps(folder: &Path, steps: &[Value]) -> Vec<String> {
    let mut script = String::from("set -e\n");
    for step in steps {
        let lines = step["run"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        // What is not installed is left out, and said once.
        for line in lines.filter(|line| !line.starts_with("bagit.py") || has_tools(&["bagit.py"])) {
            script.extend([line, "\n"]);
        }
        script.extend(["echo '", BETWEEN, "'\n"]);
    }
    fs::write(folder.join("steps.sh"), &script).unwrap();
    let path = std::env::join_paths(folders()).unwrap();
    let output = Command::new("bash").arg("steps.sh").env("PATH", path).current_dir(folder).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{complaint}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut printed: Vec<String> = text.split(BETWEEN).map(|one| one.trim_matches('\n').to_owned()).collect();
    printed.pop();
    printed
}

/// Every step prints what the report says it prints.
#[track_caller]
fn check_steps(office: &Office, report: &Value, titles: &[&str]) {
    let steps = steps(report);
    let told: Vec<&str> = steps.iter().map(|step| step["title"].as_str().unwrap()).collect();
    for title in titles {
        assert!(told.contains(title), "{title:?} is not among {told:?}");
    }
    let printed = run_steps(&office.path("."), steps);
    assert_eq!(printed.len(), steps.len());
    for (step, printed) in steps.iter().zip(printed) {
        if let Some(expected) = step["prints"].as_str() {
            assert_eq!(printed, expected, "{}", step["title"]);
        }
    }
}

const FIRST: [&str; 3] = ["Begin", "Is it the same bundle?", "Are the files as the lists say?"];
const CHAIN: [&str; 9] = [
    "Does each record have its own hash?",
    "Is every member there once?",
    "Is every event there once?",
    "Is the log as long as the audit manifest says?",
    "Is each segment as the audit manifest says?",
    "Do the checkpoints follow each other?",
    "Does the chain hold?",
    "Does the log begin at its beginning?",
    "Do the checkpoints agree with the records?",
];

fn tools_are_there() -> bool {
    has_tools(&["jq", "openssl", "python3", "unzip", "zstd"])
}

#[test]
fn every_printed_command_works_whatever_is_signed_and_however_it_is_packed() {
    if !tools_are_there() {
        return;
    }
    let office = Office::open();
    let cases: [(&str, &[&str], &[&str]); 6] = [
        ("plain", &[], &[]),
        ("lists", &["--sha512", "--compress=gzip"], &[]),
        ("events.zip", &["--sign", "event"], &["Whose key is it?", "Does the signature of a record fit?"]),
        ("segments", &["--sign", "segment", "--compress"], &["Does the signature of a segment fit?"]),
        ("points.zip", &["--sign", "checkpoint", "--compress"], &["Does the signature of a checkpoint fit?"]),
        ("it's $(touch run) a bundle", &["--sign", "event"], &["Does the signature of a checkpoint fit?"]),
    ];
    for (name, how, more) in cases {
        office.done(&[&["sample", name, "--events", "120"], how].concat());
        let report = report_of(&office, &[name]);
        check_steps(&office, &report, &[&FIRST[..], &CHAIN, more].concat());
        let is_packed = Path::new(name).extension().is_some();
        assert_eq!(steps(&report).iter().any(|step| step["title"] == "Unpack it"), is_packed);
    }
    assert!(!office.path("run").exists(), "a name is never run");
}

#[test]
fn every_printed_command_works_for_tar_archives_and_folders_around_a_bundle() {
    if !tools_are_there() {
        return;
    }
    let office = Office::open();
    fs::create_dir(office.path("around")).unwrap();
    office.done(&["sample", "around/a bundle", "--events", "60"]);
    let tar = |file: &str, how: &[&str]| {
        let done = Command::new("tar")
            .args(how)
            .args(["-cf", file, "-C", "around", "a bundle"])
            .current_dir(office.path("."))
            .status();
        assert!(done.unwrap().success());
    };
    tar("b.tar", &[]);
    tar("b.tar.gz", &["-z"]);
    tar("b.tar.zst", &["--zstd"]);
    for name in ["around", "b.tar", "b.tar.gz", "b.tar.zst"] {
        let report = report_of(&office, &[name]);
        assert_eq!(report["integrity"], "PASS", "{name}");
        check_steps(&office, &report, &[&FIRST[..], &CHAIN].concat());
    }
}

/// The same steps where exit codes that say that something is wrong end nothing.
fn undeterred(steps: &[Value]) -> Vec<Value> {
    let plain = steps.iter().filter(|step| step["title"] != "Is it a valid bag?").cloned();
    let each = plain.map(|mut step| {
        for line in step["run"].as_array_mut().unwrap() {
            *line = format!("{} || true", line.as_str().unwrap()).into();
        }
        step
    });
    each.collect()
}

/// The steps that print something else than the report says they print if all is well.
fn loud(office: &Office, report: &Value) -> Vec<String> {
    let steps = undeterred(steps(report));
    let printed = run_steps(&office.path("."), &steps);
    let pairs = steps.iter().zip(printed);
    let loud = pairs.filter(|(step, printed)| step["prints"].as_str().is_some_and(|expected| expected != printed));
    loud.map(|(step, _)| step["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_commands_show_by_hand_what_the_check_has_found() {
    if !tools_are_there() {
        return;
    }
    let office = Office::open();
    let report = report_of(&office, &["damaged"]);
    let by_hand = steps(&report).iter().position(|step| step["title"] == "The altered record by hand").unwrap();
    let printed = run_steps(&office.path("."), &undeterred(&steps(&report)[..=by_hand]));
    let finding = report["findings"].as_array().unwrap().iter().find(|one| one["code"] == "EVENT_MODIFIED").unwrap();
    let both: Vec<&str> = printed.last().unwrap().lines().collect();
    assert_eq!(both.len(), 2, "{both:?}");
    let (expected, actual) = (finding["expected"].as_str().unwrap(), finding["actual"].as_str().unwrap());
    assert!(both.contains(&expected) && both.contains(&actual) && expected != actual, "{both:?}");
    assert!(printed.iter().any(|one| one.contains(actual) || one.contains(expected)));
}

#[test]
fn a_foreign_export_gets_the_commands_that_fit_it() {
    let office = Office::open();
    let report = report_of(&office, &["log.ndjson"]);
    check_steps(&office, &report, &FIRST[..2]);
    assert_eq!(steps(&report).len(), 2);
    assert_eq!(report["assurance"], "NO_EVIDENCE");
}

#[test]
fn a_report_says_what_was_checked_with_what_and_by_what() {
    let office = Office::open();
    let made = office.json(&["sample", "signed", "--events", "200", "--sign", "event"]).remove(0);
    let kid = made["kid"].as_str().unwrap();
    fs::write(office.path("head.json"), made["head"].to_string()).unwrap();
    let words = ["signed", "--trust", kid, "--anchor", "head.json", "--self-test", "1"];
    let report = report_of(&office, &words);
    assert_eq!(
        (&report["format"], &report["report"]["format"]),
        (&"chartproof-verify/1".into(), &"chartproof-report/1".into())
    );
    assert_eq!(report["inputs"]["pins"][0]["fingerprint"], kid);
    assert_eq!(report["inputs"]["limits"]["entry_bytes_max"], 4_294_967_296_u64);
    assert_eq!(report["evidence"]["anchors"][0]["outcome"], "agrees");
    assert_eq!((&report["self_test"]["counts"]["missed"], &report["subject"]["name"]), (&0.into(), &"signed".into()));
    assert!(report["self_test"]["counts"]["caught"].as_u64() > Some(30));

    let output = office.run(&[&["verify"], &words[..], &["--report", "report.html"]].concat());
    assert!(output.status.success() && String::from_utf8_lossy(&output.stderr).contains("report.html"));
    let page = fs::read_to_string(office.path("report.html")).unwrap();
    let sha256 = report["subject"]["sha256"].as_str().unwrap();
    assert!(page.contains("Given for this check on the command line; nobody is named who vouches for it"));
    assert!(!page.contains("somebody vouched") && !page.contains("a pinned key"), "nobody has pinned anything");
    for said in [sha256, kid, "ANCHORED", "The log agrees with it", "and 0 were missed", "chartproof 0."] {
        assert!(page.contains(said), "{said}");
    }
    for sentence in report["proves"].as_array().unwrap().iter().chain(report["does_not_prove"].as_array().unwrap()) {
        assert!(page.contains(&escaped(sentence.as_str().unwrap())), "{sentence}");
    }
}

#[test]
fn a_check_of_a_part_says_how_much_of_it_there_was() {
    let office = Office::open();
    office.done(&["sample", "short", "--events", "400", "--tamper", "tail-truncated-vs-checkpoint"]);
    let report = report_of(&office, &["short"]);
    let of = |what: &str| report["checks"].as_array().unwrap().iter().find(|check| check["what"] == what).unwrap();
    assert_eq!(of("Checkpoints")["result"], "partly");
    let how = of("Checkpoints")["how"].as_str().unwrap();
    assert!(how.contains("Only 6 of 7") && how.contains("could not be compared"), "{how}");
    assert_eq!(of("Audit manifest and segments")["result"], "agrees");
    assert!(report["compared"].as_array().unwrap().iter().any(|line| line.as_str().unwrap().starts_with("6 of 7 ")));

    office.done(&["sample", "torn", "--events", "60", "--tamper", "record-unparseable"]);
    let report = report_of(&office, &["torn"]);
    let segments =
        report["checks"].as_array().unwrap().iter().find(|check| check["what"] == "Audit manifest and segments");
    assert_eq!(segments.unwrap()["result"], "not_checked", "the only segment could not be counted");
}

#[test]
fn what_a_bundle_says_of_itself_is_told_as_a_claim_beside_what_its_records_say() {
    let office = Office::open();
    rewritten(&office, "sample", ".period = {start: \"2020-01-01T00:00:00Z\", end: \"2020-01-31T00:00:00Z\"}");
    let report = report_of(&office, &["sample"]);
    assert_ne!(report["integrity"], "FAIL", "{}", report["findings"]);
    assert!(!report["period"]["from"].as_str().unwrap().starts_with("2020"), "{}", report["period"]);
    office.run(&["verify", "sample", "--report", "report.html"]);
    let page = fs::read_to_string(office.path("report.html")).unwrap();
    let row = |label: &str| {
        page.split(&format!("<dt>{label}</dt>")).nth(1).unwrap().split("</div>").next().unwrap().to_owned()
    };
    assert!(row("Period, as the bundle says").contains("2020"), "{}", row("Period, as the bundle says"));
    assert!(!row("Times of the records").contains("2020-"));
    for claimed in ["Organization", "System", "Made on"] {
        assert!(!row(&format!("{claimed}, as the bundle says")).is_empty());
    }
    // Of an export that states no period the times are counted.
    let report = report_of(&office, &["log.ndjson"]);
    assert!(report["subject"]["known"]["Times of the records"].is_string(), "{}", report["subject"]);
}

#[test]
fn records_that_could_not_be_read_are_not_told_as_an_empty_log() {
    let office = Office::open();
    rewritten(&office, "sample", ".segments[].compression = \"brotli\"");
    let output = office.run(&["verify", "sample", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["badge"], "not_verified", "{}", report["findings"]);
    let summary = report["summary"].to_string();
    assert!(summary.contains("a form that is not read yet") && !summary.contains("empty log"), "{summary}");
}

/// As the page writes a text.
fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('\'', "&#39;").replace('"', "&#34;")
}

/// The name of a bundle that would like to be more than a name.
const NAME: &str = "<script>alert(1)<\u{2044}script>&\"'";

#[test]
fn a_page_refers_to_nothing_outside_and_runs_nothing() {
    let office = Office::open();
    office.done(&["sample", NAME, "--events", "40", "--tamper", "event-modified"]);
    office.run(&["verify", NAME, "--report", "report.html"]);
    let page = fs::read_to_string(office.path("report.html")).unwrap();
    assert!(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"));
    let lower = page.to_lowercase();
    for forbidden in
        ["<script", "http://", "https://", "src=", "href=", "@import", "javascript:", "<img", "<iframe", " on"]
    {
        let found = lower.match_indices(forbidden).any(|(at, _)| {
            // A handler would stand inside a tag; prose may say "on".
            forbidden != " on"
                || lower[at..]
                    .split(['=', ' ', '<'])
                    .nth(1)
                    .is_some_and(|name| lower[at..].starts_with(&format!(" {name}=")))
        });
        assert!(!found, "{forbidden}");
    }
    assert!(page.contains("&#60;script&#62;alert(1)"), "the name is shown, not run");
}

#[test]
fn a_report_is_written_whole_or_not_at_all_and_replaces_nothing() {
    let office = Office::open();
    fs::write(office.path("kept.html"), "mine").unwrap();
    for (file, said) in [
        ("kept.html", "exists already"),
        ("report.pdf", "not written as PDF yet"),
        ("report.docx", ".html or .json"),
        ("report", ".html or .json"),
    ] {
        let (code, complaint) = office.refused(&["verify", "sample", "--report", file]);
        assert_eq!(code, Some(2), "{complaint}");
        assert!(complaint.contains(said), "{complaint}");
    }
    assert_eq!(office.refused(&["verify", "sample", "--report", "nowhere/report.html"]).0, Some(5));
    assert_eq!(office.refused(&["verify", "sample", "--self-test", "1"]).0, Some(2), "a score of no report");
    assert_eq!(fs::read_to_string(office.path("kept.html")).unwrap(), "mine");
    let left = fs::read_dir(office.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("report")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn ids_that_may_name_a_person_and_paths_are_left_out() {
    let office = Office::open();
    let path = office.path("damaged");
    let report = report_of(&office, &[path.to_str().unwrap()]);
    assert_eq!(report["bundle"]["path"], "damaged");
    let text = report.to_string();
    assert!(!text.contains(path.parent().unwrap().to_str().unwrap()));
}

/// Bundles that others made, each with what is true of it.
fn vectors() -> Option<PathBuf> {
    let data = std::env::var_os("CHARTPROOF_VECTORS").map(PathBuf::from);
    let data = data.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"));
    Some(data.join("native-bundle/dev")).filter(|folder| folder.is_dir())
}

/// What must speak up in a bundle that fails: the beginning of its name, and a step.
const LOUD: [(&str, &str); 25] = [
    ("10", "Does each record have its own hash?"),
    ("11", "Does the chain hold?"),
    ("12", "Does the chain hold?"),
    ("13", "Does the chain hold?"),
    ("14", "Is every event there once?"),
    ("15", "Does the chain hold?"),
    ("16", "Do the checkpoints agree with the records?"),
    ("17", "Is the log as long as the audit manifest says?"),
    ("19", "Is the record there that the anchor names?"),
    ("20", "Do the checkpoints agree with the records?"),
    ("22", "Is the record there that the anchor names?"),
    ("24", "Are the keys there?"),
    ("25", "Is every record signed?"),
    ("30", "Is nothing left over or left out?"),
    ("31", "Is nothing left over or left out?"),
    ("32", "Does each record have its own hash?"),
    ("33", "Are the files as the lists say?"),
    ("35", "Is everything in the bundle itself?"),
    ("40", "Is every event there once?"),
    ("46", "Is every member there once?"),
    ("47", "Is the log as long as the audit manifest says?"),
    ("49", "Does the log begin at its beginning?"),
    ("51", "Does each checkpoint have its own hash?"),
    ("52", "Do the checkpoints follow each other?"),
    // A signature that does not fit has a step of its own.
    ("23", ""),
];

#[test]
fn the_commands_are_silent_where_the_check_is_and_speak_up_where_it_fails() {
    let Some(vectors) = vectors().filter(|_| tools_are_there()) else { return };
    let office = Office::open();
    let mut failed = 0;
    for entry in fs::read_dir(&vectors).unwrap() {
        let case = entry.unwrap().path();
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        fs::create_dir(office.path(&name)).unwrap();
        crate::office::copy(&case.join("bag"), &office.path(&name));
        let anchor = case.join("anchor.json");
        let words = [&name, "--anchor", anchor.to_str().unwrap()];
        let report = report_of(&office, if anchor.exists() { &words } else { &words[..1] });
        let loud = loud(&office, &report);
        if report["integrity"] == "FAIL" {
            failed += 1;
            let (_, title) = LOUD.iter().find(|(number, _)| name.starts_with(number)).unwrap();
            assert!(title.is_empty() || loud.iter().any(|one| one == title), "{name}: {loud:?}");
        } else {
            assert!(loud.is_empty(), "{name}: {loud:?}");
        }
    }
    assert_eq!(failed, LOUD.len());
}

#[test]
fn a_signature_that_does_not_fit_is_tried_by_hand_beside_the_first_one() {
    if !tools_are_there() {
        return;
    }
    let office = Office::open();
    office.done(&["sample", "forged", "--events", "60", "--sign", "event", "--tamper", "signature-invalid"]);
    let report = report_of(&office, &["forged"]);
    let steps = undeterred(steps(&report));
    let printed = run_steps(&office.path("."), &steps);
    let of = |title: &str| &printed[steps.iter().position(|step| step["title"] == title).unwrap()];
    assert!(of("Does the signature of a record fit?").contains("Verified Successfully"));
    assert!(of("The failing signature of a record by hand").contains("Failure"));
}

/// Edits the audit manifest, and lists the files anew.
fn rewritten(office: &Office, bundle: &str, edit: &str) {
    let script = format!(
        "set -e; cd {bundle}; jq -cjS '{edit}' data/audit-manifest.json > m; mv m data/audit-manifest.json
         find data -type f | LC_ALL=C sort | xargs sha256sum > manifest-sha256.txt
         sed -i \"s/^Payload-Oxum.*/Payload-Oxum: $(find data -type f -printf '%s\\n' | \
         awk '{{sum += $1}} END {{print sum \".\" NR}}')/\" bag-info.txt
         sha256sum bag-info.txt bagit.txt manifest-sha256.txt > tagmanifest-sha256.txt"
    );
    let done = Command::new("bash").args(["-c", &script]).current_dir(office.path(".")).status();
    assert!(done.unwrap().success());
}

#[test]
fn the_commands_follow_the_chain_over_archives_as_the_check_does() {
    if !tools_are_there() {
        return;
    }
    let office = Office::open();
    office.done(&["sample", "whole", "--events", "120"]);
    office.done(&["sample", "thin", "--events", "120", "--tamper", "archive-absent"]);
    let report = report_of(&office, &["thin"]);
    assert_eq!(report["integrity"], "PASS");
    check_steps(&office, &report, &[&FIRST[..], &CHAIN].concat());
    let chain = steps(&report).iter().find(|step| step["title"] == "Does the chain hold?").unwrap();
    assert!(chain["about"].as_str().unwrap().contains("lie in archives"), "{}", chain["about"]);

    // The archive is put back into the bundle.
    let segment = "data/events/segment-000001.ndjson";
    let [all, left] = ["whole", "thin"].map(|name| fs::read_to_string(office.path(name).join(segment)).unwrap());
    let archived: Vec<&str> = all.lines().filter(|line| !left.lines().any(|other| other == *line)).collect();
    fs::create_dir(office.path("thin/data/archives")).unwrap();
    let text = archived.iter().fold(String::new(), |text, line| text + line + "\n");
    fs::write(office.path("thin/data/archives/a.ndjson"), &text).unwrap();
    let summed = Command::new("sha256sum").arg(office.path("thin/data/archives/a.ndjson")).output().unwrap();
    let digest = String::from_utf8(summed.stdout).unwrap()[..64].to_owned();
    let edit = format!(
        "del(.archives[0].merkle_root) | .archives[0] += {{path: \"data/archives/a.ndjson\", present: true, media_type: \
         \"application/x-ndjson\", sha256: \"{digest}\"}}"
    );
    rewritten(&office, "thin", &edit);
    let report = report_of(&office, &["thin"]);
    assert_eq!(report["integrity"], "PASS", "{}", report["findings"]);
    let more = ["Are the archives there?", "Do archived records have their own hashes?"];
    check_steps(&office, &report, &[&FIRST[..], &CHAIN, &more].concat());
    fs::remove_file(office.path("thin/data/archives/a.ndjson")).unwrap();
    assert!(loud(&office, &report).contains(&more[0].to_owned()));
}

#[test]
fn an_anchor_is_looked_up_by_hand() {
    if !tools_are_there() {
        return;
    }
    let office = Office::open();
    let made = office.json(&["sample", "grown", "--events", "60"]).remove(0);
    fs::write(office.path("head.json"), made["head"].to_string()).unwrap();
    let report = report_of(&office, &["grown", "--anchor", "head.json"]);
    assert_eq!(report["assurance"], "ANCHORED");
    check_steps(&office, &report, &["Is the record there that the anchor names?"]);
    let mut other = made["head"].clone();
    other["last_hash"] = "ab".repeat(32).into();
    fs::write(office.path("other.json"), other.to_string()).unwrap();
    let report = report_of(&office, &["grown", "--anchor", "other.json"]);
    assert_eq!(report["integrity"], "FAIL");
    assert_eq!(loud(&office, &report), ["Is the record there that the anchor names?"]);
}

#[test]
fn every_printed_command_works_for_signatures_that_others_made() {
    let Some(vectors) = vectors().filter(|_| tools_are_there()) else { return };
    let office = Office::open();
    let cases = [
        ("02-valid-signed-pinned", "Does the signature of a record fit?"),
        ("05-valid-segment-rsa-pkcs1", "Does the signature of a segment fit?"),
        ("06-valid-segment-rsa-pss", "Does the signature of a segment fit?"),
    ];
    for (name, title) in cases {
        fs::create_dir(office.path(name)).unwrap();
        crate::office::copy(&vectors.join(name).join("bag"), &office.path(name));
        let report = report_of(&office, &[name]);
        check_steps(&office, &report, &[&FIRST[..], &CHAIN, &[title]].concat());
    }
}

#[test]
fn a_signature_over_the_whole_bundle_is_checked_again_with_ssh_keygen() {
    if !tools_are_there() || !has_tools(&["ssh-keygen"]) {
        return;
    }
    let office = Office::open();
    let keygen = |words: &[&str]| {
        let output = Command::new("ssh-keygen").args(words).current_dir(office.path(".")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "key"]);
    let fingerprint = keygen(&["-l", "-f", "key.pub"]).split(' ').nth(1).unwrap().to_owned();
    keygen(&["-q", "-Y", "sign", "-f", "key", "-n", "audit-bundle-1", "sample/tagmanifest-sha256.txt"]);
    fs::create_dir(office.path("sample/signatures")).unwrap();
    let signature = "tagmanifest-sha256.txt.sig";
    fs::rename(office.path("sample").join(signature), office.path("sample/signatures").join(signature)).unwrap();

    let report = report_of(&office, &["sample", "--trust", &fingerprint]);
    assert_eq!(report["assurance"], "SIGNED_PINNED");
    check_steps(&office, &report, &[&FIRST[..], &CHAIN, &["Who signed the whole bundle?"]].concat());
    let at = steps(&report).iter().position(|step| step["title"] == "Who signed the whole bundle?").unwrap();
    let printed = run_steps(&office.path("."), steps(&report));
    assert!(printed[at].starts_with("Good \"audit-bundle-1\" signature") && printed[at].contains(&fingerprint));
    assert!(steps(&report)[at]["about"].as_str().unwrap().contains(&fingerprint));
}
