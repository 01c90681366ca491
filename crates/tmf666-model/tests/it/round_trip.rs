//! What is read is written back: members, order-independent, and every digit.

use std::path::PathBuf;

use serde_json::value::RawValue;
use tmf666_model::{BillingAccount, Resource};

/// JSON in which numbers compare by their digits: `0.00` is not `0.0`.
#[derive(Debug, PartialEq)]
enum Exact {
    Object(std::collections::BTreeMap<String, Exact>),
    List(Vec<Exact>),
    Scalar(String),
}

fn exact(json: &str) -> Exact {
    match json.trim_start().as_bytes()[0] {
        b'{' => {
            let members: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(json).unwrap();
            Exact::Object(members.into_iter().map(|(name, value)| (name, exact(value.get()))).collect())
        }
        b'[' => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap();
            Exact::List(items.into_iter().map(|item| exact(item.get())).collect())
        }
        b'"' => Exact::Scalar(serde_json::from_str::<String>(json).unwrap()),
        _ => Exact::Scalar(format!("#{}", json.trim())),
    }
}

fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())).collect()
}

fn rewritten(json: &str) -> String {
    if json.trim_start().starts_with('[') {
        serde_json::to_string(&serde_json::from_str::<Vec<BillingAccount>>(json).unwrap()).unwrap()
    } else {
        serde_json::to_string(&serde_json::from_str::<BillingAccount>(json).unwrap()).unwrap()
    }
}

#[test]
fn every_example_of_the_documents_is_written_back_digit_for_digit() {
    let examples = fixtures("documents");
    assert!(examples.len() > 35, "the documents have more examples than {}", examples.len());
    for (name, json) in examples {
        assert_eq!(exact(&rewritten(&json)), exact(&json), "{name}");
    }
}

#[test]
fn an_account_in_the_shape_of_tm_forums_sample_is_written_back_digit_for_digit() {
    for (name, json) in fixtures("tmf666") {
        assert_eq!(exact(&rewritten(&json)), exact(&json), "{name}");
    }
}

/// Answers are typed all the way down: `extra` is for what the documents do not know.
#[test]
fn no_answer_of_the_documents_needs_an_untyped_member() {
    for (name, json) in fixtures("documents") {
        if name.contains(".error.") || name.contains(".patch.") {
            continue;
        }
        let debug = if json.trim_start().starts_with('[') {
            format!("{:?}", serde_json::from_str::<Vec<BillingAccount>>(&json).unwrap())
        } else {
            format!("{:?}", serde_json::from_str::<BillingAccount>(&json).unwrap())
        };
        assert!(!debug.contains("extra: {\""), "{name}: {debug}");
    }
}

#[test]
fn what_the_typed_fields_cannot_hold_is_kept_as_it_came() {
    let json = r#"{"id":5,"contact":[],"name":null,"creditLimit":"much","paymentPlan":[{"priority":"1"}],"tier":{"a": 1.50}}"#;
    let account: BillingAccount = serde_json::from_str(json).unwrap();
    assert!(account.id.is_none() && account.contact.is_empty() && account.credit_limit.is_none());
    assert_eq!(account.extra().get("tier").unwrap().get(), r#"{"a": 1.50}"#);
    assert_eq!(exact(&serde_json::to_string(&account).unwrap()), exact(json));
}

#[test]
fn a_typed_value_set_later_wins_over_what_was_kept() {
    let mut account: BillingAccount = serde_json::from_str(r#"{"id":5,"name":"A"}"#).unwrap();
    account.id = Some("5".into());
    assert_eq!(serde_json::to_string(&account).unwrap(), r#"{"id":"5","name":"A"}"#);
}

#[test]
fn every_way_of_serde_json_reads_the_same() {
    let (_, json) = fixtures("tmf666").remove(0);
    let from_text: BillingAccount = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::from_slice::<BillingAccount>(json.as_bytes()).unwrap(), from_text);
    assert_eq!(serde_json::from_reader::<_, BillingAccount>(json.as_bytes()).unwrap(), from_text);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let from_value: BillingAccount = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(from_value).unwrap(), value);
}

#[test]
fn something_that_is_no_object_is_refused() {
    for json in ["5", "[]", "\"account\"", "null"] {
        assert!(serde_json::from_str::<BillingAccount>(json).is_err(), "{json}");
    }
}
