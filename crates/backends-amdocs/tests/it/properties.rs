//! Whatever Amdocs sends, there is an account or an error, and no panic.

use backends_amdocs::translate::dxp_by_id;
use backends_amdocs::wire;
use chrono::DateTime;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;

const FIXTURE: &str = include_str!("../fixtures/barred.json");

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[0-9]{1,40}(\\.[0-9]{1,8})?".prop_map(Value::from),
        "[0-9]{1,6}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?)?".prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
    ]
}

/// The paths of every member of a record, as JSON pointers.
fn members(value: &Value, path: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        let path = format!("{path}/{name}");
        members(child, &path, found);
        found.push(path);
    }
}

fn view(json: &str, seconds: i64) -> Option<BillingAccount> {
    let now = DateTime::from_timestamp(seconds, 0)?;
    serde_json::from_str::<wire::Account>(json).ok().map(|account| dxp_by_id::translate(account, &BusinessUnit::Mf, now))
}

proptest! {
    #[test]
    fn a_damaged_record_is_read_or_refused(damage in vec((any::<prop::sample::Index>(), anything()), 1..6), seconds: i64) {
        let mut record: Value = serde_json::from_str(FIXTURE).unwrap();
        for (which, value) in damage {
            let mut paths = Vec::new();
            members(&record, "", &mut paths);
            let path: &String = which.get(&paths);
            *record.pointer_mut(path).unwrap() = value;
        }
        if let Some(account) = view(&record.to_string(), seconds) {
            let json = serde_json::to_string(&account).unwrap();
            prop_assert_eq!(serde_json::from_str::<BillingAccount>(&json).unwrap(), account);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = view(&text, 0);
    }
}
