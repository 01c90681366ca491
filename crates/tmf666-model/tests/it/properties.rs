//! What holds for every account, not only for those somebody thought of.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use tmf666_model::{BillingAccount, Resource, Selection, WriteJson, is_date_time, v5, validate};

use crate::exact::{Exact, accounts};
use crate::official::{objections, v4, v5_account};
use crate::validation::{own_objections, schema_objections};

/// Single values that members of accounts have, ought not to have, or might have.
const ODD: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "0.00",
    "12.50",
    "-7e2",
    "\"\"",
    "\" \"",
    "\"1\"",
    "\"-12.5\"",
    "\"2024-06-14\"",
    "\"2024-06-14T00:00:00Z\"",
    "\"2024-02-30T00:00:00Z\"",
    "\"Customer\"",
    "\"AttachmentRef\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "[{}]",
    "[5]",
    "{\"id\":5}",
    "{\"id\":\"1\"}",
    "{\"@type\":\"Gold\"}",
    "{\"name\":\"Nora\"}",
    "{\"startDateTime\":\"\"}",
    "{\"amount\":{\"value\":\"1\"}}",
    "{\"tier\":[1.0,{\"x\\/y\":1}]}",
];

/// Figures that JSON allows and binary floats or this crate's `Amount` do not hold.
const HUGE: &[&str] =
    &["1e400", "123456789012345678901234567890.10", "0.1000000000000000000000000000000000000000000000000000000000000000000"];

fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(ODD).prop_map(str::to_owned),
        prop::sample::select(HUGE).prop_map(str::to_owned),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(member(), inner, 0..6).prop_map(|members| object(&members)),
        ]
    })
}

fn member() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(BillingAccount::MEMBERS).prop_map(str::to_owned), 1 => any::<String>()]
}

fn object(members: &std::collections::BTreeMap<String, String>) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", serde_json::to_string(name).unwrap())).collect();
    format!("{{{}}}", members.join(","))
}

fn any_account() -> impl Strategy<Value = String> {
    prop::collection::btree_map(member(), json_text(), 0..8).prop_map(|members| object(&members))
}

/// An account of the fixtures with some of its values replaced, and some members renamed into unknown ones.
fn damaged_account() -> impl Strategy<Value = String> {
    static ACCOUNTS: LazyLock<Vec<Exact>> = LazyLock::new(|| accounts().iter().map(|(_, json)| Exact::parse(json)).collect());
    let change = (any::<prop::sample::Index>(), prop::option::weighted(0.8, prop::sample::select(ODD)));
    (prop::sample::select(&ACCOUNTS[..]), prop::collection::vec(change, 0..12)).prop_map(|(mut account, changes)| {
        for (place, value) in changes {
            let place = 1 + place.index(account.size().max(2) - 1);
            match (account.at(place), value) {
                (Some(node), Some(value)) => *node = Exact::parse(value),
                (Some(Exact::Object(members)), None) => {
                    members.pop_first();
                }
                (Some(Exact::List(items)), None) => items.extend(items.clone()),
                _ => {}
            }
        }
        account.to_json()
    })
}

static V4: LazyLock<Validator> = LazyLock::new(|| v4("BillingAccount"));
static V5: LazyLock<Validator> = LazyLock::new(v5_account);

proptest! {
    #[test]
    fn what_is_read_is_written(json in prop_oneof![any_account(), damaged_account()]) {
        let account: BillingAccount = serde_json::from_str(&json).unwrap();
        let written = serde_json::to_string(&account).unwrap();
        prop_assert_eq!(Exact::parse(&written), Exact::parse(&json));
        prop_assert_eq!(serde_json::from_str::<BillingAccount>(&written).unwrap(), account);
    }

    #[test]
    fn both_writers_write_the_same(json in prop_oneof![any_account(), damaged_account()]) {
        let accounts: Vec<BillingAccount> = serde_json::from_str(&format!("[{json},{json}]")).unwrap();
        prop_assert_eq!(String::from_utf8(accounts.to_json()).unwrap(), serde_json::to_string(&accounts).unwrap());
    }

    #[test]
    fn both_writers_escape_the_same(text in prop_oneof![any::<String>(), "[ -~]{0,20}[\"\\\\\u{0}-\u{1f}\u{7f}é]?[ -~]{0,20}"]) {
        let account = BillingAccount { name: Some(text.as_str().into()), ..BillingAccount::default() };
        prop_assert_eq!(String::from_utf8(account.to_json()).unwrap(), serde_json::to_string(&account).unwrap());
    }

    #[test]
    fn any_text_is_read_or_refused(json in ".*") {
        let _ = serde_json::from_str::<BillingAccount>(&json);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = serde_json::from_slice::<BillingAccount>(&bytes);
    }

    #[test]
    fn any_account_is_validated_and_projected(json in any_account()) {
        let account: BillingAccount = serde_json::from_str(&json).unwrap();
        let _ = validate(&account);
        serde_json::to_string(&v5::project(account).account).unwrap();
    }

    #[test]
    fn validation_agrees_with_the_official_schema(json in damaged_account()) {
        prop_assert_eq!(own_objections(&json), schema_objections(&V4, &json));
    }

    #[test]
    fn every_projection_fits_the_official_schema(json in damaged_account()) {
        let account: BillingAccount = serde_json::from_str(&json).unwrap();
        let projected = serde_json::to_string(&v5::project(account).account).unwrap();
        prop_assert_eq!(objections(&V5, &projected), Vec::<String>::new());
    }

    #[test]
    fn a_selection_keeps_what_it_names_and_nothing_else(json in any_account(), fields in prop::collection::vec(member(), 1..5)) {
        let Ok(selection) = Selection::parse(&fields.join(",")) else { return Ok(()) };
        let mut account: BillingAccount = serde_json::from_str(&json).unwrap();
        selection.apply(&mut account);
        let Exact::Object(mut expected) = Exact::parse(&json) else { unreachable!("an object was generated") };
        expected.retain(|member, _| selection.keeps(member));
        prop_assert_eq!(Exact::parse(&serde_json::to_string(&account).unwrap()), Exact::Object(expected));
    }

    #[test]
    fn date_times_are_those_of_the_official_format(text in "[0-9]{3}[0-9]-[0-3][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,3})?(Z|z|[+-][0-2][0-9]:[0-6][0-9]|)") {
        static FORMAT: LazyLock<Validator> = LazyLock::new(|| {
            jsonschema::options().should_validate_formats(true).build(&serde_json::json!({ "format": "date-time" })).unwrap()
        });
        prop_assert_eq!(is_date_time(&text), FORMAT.is_valid(&text.clone().into()));
    }
}
