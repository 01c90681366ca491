//! Whatever Liberate sends, there is an account or an error, and no panic.

use backends_liberate::translate::{self, Context};
use backends_liberate::wire;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;

const FIXTURE: &str = include_str!("../fixtures/301202420000.json");

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[0-9]{1,40}(\\.[0-9]{1,8})?".prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{ "contactMethod": "FAX", "value": "1" }])),
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

fn views(json: &str) -> Option<Vec<BillingAccount>> {
    let read = || serde_json::from_str::<wire::Answer>(json).ok();
    let context = Context { unit: &BusinessUnit::Jm, unknown_code: &|_| () };
    let mut accounts = Vec::new();
    accounts.extend(read()?.0.iter_mut().map(|record| *translate::wfm_by_id::translate(record, context)));
    accounts.extend(read()?.0.iter_mut().map(|record| *translate::bot_balance_enquiry::translate(record, context)));
    accounts.extend(read()?.0.iter_mut().map(|record| *translate::bot_accounts::translate(record, "", context)));
    Some(accounts)
}

proptest! {
    #[test]
    fn a_damaged_record_is_read_or_refused(damage in vec((any::<prop::sample::Index>(), anything()), 1..6)) {
        let mut record: Value = serde_json::from_str(FIXTURE).unwrap();
        for (which, value) in damage {
            let mut paths = Vec::new();
            members(&record, "", &mut paths);
            let path: &String = which.get(&paths);
            *record.pointer_mut(path).unwrap() = value;
        }
        for account in views(&record.to_string()).into_iter().flatten() {
            let json = serde_json::to_string(&account).unwrap();
            prop_assert_eq!(serde_json::from_str::<BillingAccount>(&json).unwrap(), account);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = views(&text);
    }

    #[test]
    fn digits_and_text_survive(digits in "-?(0|[1-9][0-9]{0,12})\\.[0-9]{2}", number in "[0-9]{1,20}", name in "[^\\p{C}]{1,60}") {
        let json = json!({ "accountNo": number, "accountName": name, "balances": { "netPayable": digits } }).to_string();
        let account = &views(&json).unwrap()[0];
        prop_assert_eq!(account.id.as_deref(), Some(number.as_str()));
        prop_assert_eq!(account.name.as_deref(), Some(name.as_str()));
        let amount = account.account_balance[0].amount.as_ref().unwrap().value.as_ref().unwrap();
        prop_assert_eq!(amount.as_str(), digits);
    }
}
