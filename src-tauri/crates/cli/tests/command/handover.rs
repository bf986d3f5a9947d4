//! What is said of a bundle when it is handed over, and how a hash that was quoted with it compares.

use serde_json::Value;

use crate::office::{Office, REASON};

#[test]
fn a_quoted_hash_that_differs_is_in_the_json_result() {
    let office = Office::open();
    office.done(&["sample", "april.zip", "--events", "100", "--seed", "9"]);
    let imported = |quoted: Option<&str>| -> Value {
        let hash = quoted.map(|quoted| ["--expected-sha256", quoted]);
        let words = [&["import", "april.zip", "--reason", REASON][..], hash.as_ref().map_or(&[], |hash| &hash[..])];
        office.json(&words.concat()).remove(0)
    };
    let first = imported(Some(&"0".repeat(64)));
    assert_eq!((&first["result"], &first["quoted_agrees"]), (&Value::from("stored"), &Value::from(false)));
    let sentence = first["quoted"].as_str().unwrap();
    let own = sentence.trim_end_matches('.').rsplit(' ').next().unwrap();
    assert!(sentence.starts_with("The quoted hash is not that of the file."), "{sentence}");

    let again = imported(Some(own));
    assert_eq!((&again["result"], &again["quoted_agrees"]), (&Value::from("already stored"), &Value::from(true)));
    let without = imported(None);
    assert!(without["quoted"].is_null() && without["quoted_agrees"].is_null(), "{without}");
}
