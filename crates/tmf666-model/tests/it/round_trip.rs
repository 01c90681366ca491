//! What is read is written back: members, order-independent, and every digit.

use tmf666_model::{BillingAccount, Resource, WriteJson};

use crate::exact::{Exact, fixtures};

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
        assert_eq!(Exact::parse(&rewritten(&json)), Exact::parse(&json), "{name}");
    }
}

#[test]
fn an_account_in_the_shape_of_tm_forums_sample_is_written_back_digit_for_digit() {
    for (name, json) in fixtures("tmf666") {
        assert_eq!(Exact::parse(&rewritten(&json)), Exact::parse(&json), "{name}");
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
    assert_eq!(Exact::parse(&serde_json::to_string(&account).unwrap()), Exact::parse(json));
}

#[test]
fn of_a_member_that_comes_twice_the_last_one_counts() {
    for (json, expected) in [
        (r#"{"id":"1","id":"2"}"#, r#"{"id":"2"}"#),
        (r#"{"id":5,"id":"2"}"#, r#"{"id":"2"}"#),
        (r#"{"id":"1","id":5}"#, r#"{"id":5}"#),
        (r#"{"id":5,"tier":1,"id":6,"id":"2"}"#, r#"{"id":"2","tier":1}"#),
    ] {
        let account: BillingAccount = serde_json::from_str(json).unwrap();
        let written = account.to_json();
        assert_eq!(String::from_utf8_lossy(&written), expected, "{json}");
        assert!(serde_json::from_slice::<BillingAccount>(&written).unwrap() == account, "{json}");
    }
}

/// What a member holds is kept unread, and ends up in front of somebody who may read it with recursion.
#[test]
fn nesting_is_bounded_in_every_place_that_is_kept_unread() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (before, behind) in [
        (r#"{"tier":"#, "}"),
        (r#"{"id":"#, "}"),
        (r#"{"contact":[{"tier":"#, "}]}"),
        (r#"{"characteristic":[{"value":"#, "}]}"),
        (r#"{"tier":"[\\\"[","more":"#, "}"),
    ] {
        let read = |depth| serde_json::from_str::<BillingAccount>(&format!("{before}{}{behind}", nested(depth)));
        assert!(read(90).is_ok(), "{before}");
        assert!(read(101).is_err(), "{before}");
        assert!(read(100_000).is_err(), "{before}");
    }
}

/// Three bytes of text would become hundreds of memory.
#[test]
fn a_long_list_of_empty_items_is_kept_as_it_came() {
    let json = |items: usize, item: &str| format!(r#"{{"relatedParty":[{}]}}"#, vec![item; items].join(","));
    for (items, item, read) in [(16, "{}", 16), (50_000, "{}", 0), (1_000, r#"{"id":"1"}"#, 1_000)] {
        let account: BillingAccount = serde_json::from_str(&json(items, item)).unwrap();
        assert_eq!(account.related_party.len(), read);
        assert_eq!(account.to_json(), json(items, item).as_bytes());
    }
}

#[test]
fn a_typed_value_set_later_wins_over_what_was_kept() {
    let mut account: BillingAccount = serde_json::from_str(r#"{"id":5,"name":"A"}"#).unwrap();
    account.id = Some("5".into());
    assert_eq!(serde_json::to_string(&account).unwrap(), r#"{"id":"5","name":"A"}"#);
}

#[test]
fn every_way_of_serde_json_reads_the_same() {
    let (_, json) = fixtures("tmf666").into_iter().find(|(name, _)| name == "billing-account.v4.json").unwrap();
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
