//! Whatever Salesforce sends, there is an account or a place that does not fit.

use backends_http::{Json, NotRead, read_json_with};
use backends_salesforce::records::{AccountRecord, ContactRecord, LineAccountRecord, LineRecord};
use backends_salesforce::select::{Rows, Selected as _, TwoQueries};
use backends_salesforce::translate::{Org, by_msisdn, by_number};
use backends_salesforce::wire::{Composite, Misfit, Record};
use backends_salesforce::{Ban, Msisdn, Names};
use proptest::prelude::*;
use serde::Deserialize;

/// JSON that is nearly a record.
fn nearly() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "Id",
        "Name",
        "attributes",
        "BillingStreet",
        "Billing_Account_Number__c",
        "vlocity_cmt__EnableAutopay__c",
        "vlocity_cmt__Status__c",
        "Consumer_PIN__c",
        "MSISDN__c",
        "IsPrimary__c",
        "Phone",
        "Parent",
        "Contacts",
        "ChildAccounts",
        "vlocity_cmt__PaymentMethods__r",
        "records",
        "done",
        "nextRecordsUrl",
        "compositeResponse",
        "httpStatusCode",
        "body",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("1.5".to_owned()),
        Just("18446744073709551615".to_owned()),
        "-?[1-9][0-9]{0,4}",
        "\"[ a-z'\\u{e9}]{0,8}\"",
        Just(r#""\u0041\n\"""#.to_owned()),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            3 => prop::collection::btree_map(names.clone(), inner, 0..10).prop_map(|members| {
                let members: Vec<String> = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_record_is_an_account_or_a_misfit(json in nearly()) {
        let names = Names::default();
        let org = Org { ebill: "eBill", href_base: "https://example.my.salesforce.com" };
        let _ = serde_json::from_str::<Composite<'_>>(&json);
        let Ok(record) = serde_json::from_str::<Record<'_>>(&json) else { return Ok(()) };
        for translate in [by_number::billing_account, by_msisdn::billing_account] {
            match AccountRecord::of(&record, &names).and_then(|mut record| translate(&mut record, org)) {
                Ok(draft) => { serde_json::to_string(&draft.finish()).unwrap(); }
                Err(misfit) => prop_assert!(!misfit.0.is_empty()),
            }
        }
    }

    #[test]
    fn any_text_is_a_key_or_none(text in any::<String>()) {
        let _ = Ban::new(&text);
        if let Ok(msisdn) = Msisdn::new(&text) {
            prop_assert!(msisdn.as_str().len() == 11 && msisdn.as_str().starts_with('1'));
        }
    }

    #[test]
    fn both_readers_read_alike(json in nearly()) {
        read_alike(&json, AccountRecord::read, AccountRecord::of);
        read_alike(&json, LineAccountRecord::read, LineAccountRecord::of);
        read_alike(&json, Rows::<ContactRecord>::read_outcome, Rows::of);
    }
}

/// What the quick reader accepts the thorough one accepts, and both read the same.
fn read_alike<'a, T: Default + PartialEq, Read: Deserialize<'a>>(
    json: &'a str,
    quick: impl Fn(&mut T, &mut Json<'_>, &Names) -> Result<(), NotRead>,
    thorough: impl Fn(&Read, &Names) -> Result<T, Misfit>,
) -> bool {
    let names = Names::default();
    let Some(ours) = read_json_with(json.as_bytes(), |value: &mut T, json| quick(value, json, &names)) else { return false };
    let theirs = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert!(Some(ours) == thorough(&theirs, &names).ok(), "{json}");
    true
}

/// One byte less, wherever it was, must not become another answer.
#[test]
fn an_answer_that_lacks_a_byte_is_read_alike() {
    let query = r#"{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Account","url":"/x"},"Id":"1","Name":"a","Parent":{"Id":2},"ChildAccounts":{"done":false,"records":[{"MSISDN__c":"1"}],"nextRecordsUrl":"/n"},"x":[15]}]}"#;
    let composite = format!(
        r#"{{"compositeResponse":[{{"body":{query},"httpHeaders":{{}},"httpStatusCode":200,"referenceId":"a"}},{{"body":[],"httpStatusCode":400}}]}}"#
    );
    let rows = |json: &str| read_alike(json, Rows::<AccountRecord>::read_outcome, Rows::of);
    let both = |json: &str| read_alike(json, TwoQueries::<AccountRecord, LineRecord>::read, TwoQueries::of);
    for (whole, read) in [(query, &rows as &dyn Fn(&str) -> bool), (&composite, &both)] {
        assert!(read(whole));
        let accepted = (0..whole.len()).filter(|at| read(&format!("{}{}", &whole[..*at], &whole[at + 1..]))).count();
        assert!((40..150).contains(&accepted), "{accepted}: of names that nobody asks for and of values a byte may go");
    }
    for strange in [
        r#"{"other":[]}"#,
        r#"{"compositeResponse":[],"compositeResponse":[]}"#,
        r#"{"compositeResponse":[{"body":[],"httpStatusCode":200},{"body":1,"httpStatusCode":99999}]}"#,
        r#"{"compositeResponse":[{"body":[],"httpStatusCode":200},{"body":1,"httpStatusCode":99999,"httpStatusCode":200}]}"#,
        r#"{"compositeResponse":[{"body":[],"httpStatusCode":200},{"httpStatusCode":200}]}"#,
        r#"{"compositeResponse":[{"body":[],"httpStatusCode":200}]}"#,
    ] {
        assert!(!both(strange), "{strange}");
    }
}

/// What serde_json cannot hold it refuses, also where nobody wants it.
#[test]
fn a_number_beyond_all_bounds_is_refused_everywhere() {
    for json in [r#"{"Id":"1","x":1e999}"#, r#"{"Id":"1","x":{"y":[1e999]}}"#] {
        assert!(!read_alike(json, AccountRecord::read, AccountRecord::of), "{json}");
    }
    let outcome = r#"{"totalSize":1e999,"done":true,"records":[]}"#;
    assert!(!read_alike(outcome, Rows::<ContactRecord>::read_outcome, Rows::of));
}

/// No page has more, and an empty record takes three bytes of an answer and hundreds of memory.
#[test]
fn a_page_has_at_most_two_thousand_records() {
    let page = |records: usize| format!(r#"{{"done":true,"records":[{}]}}"#, vec!["{}"; records].join(","));
    let rows = |json: &str| read_alike(json, Rows::<ContactRecord>::read_outcome, Rows::of);
    assert!(rows(&page(2_000)));
    assert!(!rows(&page(2_001)));
    let page = page(2_001);
    let too_long: Record<'_> = serde_json::from_str(&page).unwrap();
    assert_eq!(Rows::<ContactRecord>::of(&too_long, &Names::default()).err(), Some(Misfit("records".to_owned())));
}
