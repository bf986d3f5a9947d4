//! Saving the report of a bundle that is in the vault.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod office;

use workbench::wire::{BundleAsk, FaultCode, Nothing, PurposeAsk};
use workbench::{Desk, ImportWish, SampleWish, direct};

fn imported(desk: &Desk, dir: &std::path::Path, tamper: Option<&str>) -> BundleAsk {
    let path = dir.join("march.zip");
    let wish = SampleWish {
        events: 300,
        seed: 3,
        days: None,
        scenario: None,
        tamper: tamper.map(str::to_owned),
        sha512: false,
        compression: Some("zstd".to_owned()),
        signing: Some("segment".to_owned()),
    };
    direct::sample(&path, &wish).unwrap();
    desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
    let started = desk.import_path(&path, &ImportWish::default()).unwrap();
    BundleAsk { bundle: desk.wait_for(started.job.unwrap()).unwrap().bundle.unwrap() }
}

fn last_entry(desk: &Desk) -> (String, String) {
    let mut last = None;
    desk.each_log_entry(&mut |entry| {
        if entry.action != "log_viewed" {
            last = Some((entry.action, format!("{} {}", entry.object, entry.result.unwrap_or_default())));
        }
        Ok(())
    })
    .unwrap();
    last.unwrap()
}

#[test]
fn the_report_of_a_stored_bundle_is_saved_and_logged() {
    let (dir, desk) = office::open();
    let ask = imported(&desk, dir.path(), None);
    let saved = desk.save_report_to(&ask, &dir.path().join("march.html")).unwrap();
    assert_eq!(saved.file.as_deref(), Some("march.html"));
    let (action, about) = last_entry(&desk);
    assert_eq!(action, "report_saved");
    assert!(about.contains(&ask.bundle[..12]) && about.contains("march.html"), "{about}");
    let page = std::fs::read_to_string(dir.path().join("march.html")).unwrap();
    // The id of a bundle is the hash of its file.
    for said in [&*ask.bundle, "Not verified", "Unpack it", "zstd -dcq", "Imported", "chartproof 0."] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("okafor"), "who imported it is in the access log");

    desk.save_report_to(&ask, &dir.path().join("march.json")).unwrap();
    let object: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("march.json")).unwrap()).unwrap();
    assert_eq!((&object["format"], &object["subject"]["sha256"]), (&"chartproof-verify/1".into(), &ask.bundle.into()));
    assert!(object["inputs"].get("layout").is_none() && object["check_again"].as_array().unwrap().len() > 8);
}

#[test]
fn nothing_is_replaced_and_nothing_is_logged_that_did_not_happen() {
    let (dir, desk) = office::open();
    let ask = imported(&desk, dir.path(), Some("event-modified"));
    let before = last_entry(&desk);
    let taken = dir.path().join("mine.html");
    std::fs::write(&taken, "mine").unwrap();
    let outside = BundleAsk { bundle: "nobody".to_owned() };
    let fault = desk.save_report_to(&ask, &taken).unwrap_err();
    assert_eq!(fault.code, FaultCode::BadInput);
    assert_eq!(fault.what, "mine.html exists already. Choose another name.", "the page is told no path");
    assert_eq!(desk.save_report_to(&ask, &dir.path().join("a.pdf")).unwrap_err().code, FaultCode::BadInput);
    assert_eq!(desk.save_report_to(&outside, &dir.path().join("a.html")).unwrap_err().code, FaultCode::NotFound);
    // The chooser was closed.
    assert_eq!(desk.save_report(ask.clone()).unwrap().file, None);
    assert_eq!(last_entry(&desk), before);
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "mine");
    desk.lock(Nothing {}).unwrap();
    assert_eq!(desk.save_report(ask).unwrap_err().code, FaultCode::Locked);
}

#[test]
fn what_cannot_be_written_is_named_without_its_folders() {
    let (dir, desk) = office::open();
    let ask = imported(&desk, dir.path(), None);
    let nowhere = desk.save_report_to(&ask, &dir.path().join("nowhere").join("a.html")).unwrap_err();
    assert!(nowhere.what.starts_with("a.html cannot be written"), "{}", nowhere.what);
}
