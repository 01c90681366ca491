//! Whatever Salesforce sends, there is an account or a place that does not fit.

use backends_salesforce::translate::{Org, by_msisdn, by_number};
use backends_salesforce::wire::{Composite, Record, Rows};
use backends_salesforce::{Ban, Msisdn, Names};
use proptest::prelude::*;

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
        let org = Org { names: &names, ebill: "eBill", href_base: "https://example.my.salesforce.com" };
        let _ = serde_json::from_str::<Composite<'_>>(&json);
        let Ok(record) = serde_json::from_str::<Record<'_>>(&json) else { return Ok(()) };
        let _ = Rows::of(&record);
        for draft in [by_number::billing_account(&record, org), by_msisdn::billing_account(&record, org), by_msisdn::line_without_account(&record, org)] {
            match draft {
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
}

/// What the quick reader accepts serde_json accepts, and both read the same.
fn read_alike<'a, T: backends_http::Wire<'a> + std::fmt::Debug>(json: &'a str) -> bool {
    let Some(ours) = backends_http::read_json::<T>(json.as_bytes()) else { return false };
    let theirs: T = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{json}");
    true
}

proptest! {
    #[test]
    fn both_readers_read_alike(json in nearly()) {
        read_alike::<Record<'_>>(&json);
        read_alike::<Composite<'_>>(&json);
    }
}

/// One byte less, wherever it was, must not become another answer.
#[test]
fn a_composite_that_lacks_a_byte_is_read_alike() {
    let whole = r#"{"compositeResponse":[{"body":{"done":true,"records":[{"Id":"1"}]},"httpHeaders":{},"httpStatusCode":200,"referenceId":"a"},{"body":null,"httpStatusCode":204}]}"#;
    assert!(read_alike::<Composite<'_>>(whole));
    let accepted = (0..whole.len()).filter(|at| read_alike::<Composite<'_>>(&format!("{}{}", &whole[..*at], &whole[at + 1..]))).count();
    assert!((40..80).contains(&accepted), "{accepted}: of names that nobody asks for and of values a byte may go");
    for strange in [
        r#"{"other":[]}"#,
        r#"{"compositeResponse":[],"compositeResponse":[]}"#,
        r#"{"compositeResponse":[{"body":1,"httpStatusCode":99999}]}"#,
        r#"{"compositeResponse":[{"body":1,"httpStatusCode":99999,"httpStatusCode":200}]}"#,
        r#"{"compositeResponse":[{"httpStatusCode":200}]}"#,
    ] {
        assert!(!read_alike::<Composite<'_>>(strange), "{strange}");
    }
}
