//! Whatever Cerillion sends, there is an account or an error, and no panic.

use backends_cerillion::translate::{self, Context};
use backends_cerillion::wire;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;

const ACCOUNT: &str = include_str!("../fixtures/50450354.account.json");
const BALANCE: &str = include_str!("../fixtures/50450354.balance.json");

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

fn views(account: &str, balance: &str) -> Option<[BillingAccount; 3]> {
    let account = || serde_json::from_str::<wire::Account>(account).ok();
    let balance = || serde_json::from_str::<wire::Balances>(balance).ok();
    let context = Context { unit: &BusinessUnit::Jm, public_base_url: "", unknown_code: &|_| () };
    Some([
        translate::wfm_by_id::translate(account()?, balance()?, context),
        translate::bot_balance_enquiry::translate(account()?, balance()?, context),
        translate::bot_accounts::translate(account()?, context),
    ])
}

proptest! {
    #[test]
    fn a_damaged_record_is_read_or_refused(damage in vec((any::<prop::sample::Index>(), anything()), 1..6)) {
        let read = |json| serde_json::from_str::<Value>(json).unwrap();
        let mut record = json!([read(ACCOUNT), read(BALANCE)]);
        for (which, value) in damage {
            let mut paths = Vec::new();
            members(&record[0], "/0", &mut paths);
            members(&record[1], "/1", &mut paths);
            let path: &String = which.get(&paths);
            *record.pointer_mut(path).unwrap() = value;
        }
        for account in views(&record[0].to_string(), &record[1].to_string()).into_iter().flatten() {
            let json = serde_json::to_string(&account).unwrap();
            prop_assert_eq!(serde_json::from_str::<BillingAccount>(&json).unwrap(), account);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(account in ".{0,200}", balance in ".{0,200}") {
        let _ = views(&account, "[]");
        let _ = views(ACCOUNT, &balance);
    }

    #[test]
    fn digits_survive(digits in "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,6})?") {
        let balance = format!(r#"[{{"type":"ledger","amount":{{"value":{digits},"unit":"JMD"}}}}]"#);
        let account = &views(ACCOUNT, &balance).unwrap()[0];
        let amount = account.account_balance[0].amount.as_ref().unwrap().value.as_ref().unwrap();
        prop_assert_eq!(amount.as_str(), digits);
    }
}
