//! Any record that CSG could send becomes an account, or an error that names the element.

use backends_csg::translate::{balance_enquiry, by_id, list, list_by_location, list_by_ssn};
use backends_csg::wire::{self, Account};
use proptest::prelude::*;
use tmf666_model::BillingAccount;

use crate::{LINKS, customer};

/// Texts as they occur, and texts as nobody would send them.
fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[A-Z ]{1,12}",
        "-?[0-9]{1,9}(\\.[0-9]{1,3})?",
        "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])",
        "[0-9]{4}-0[1-9]-[12][0-9]T0[0-9]:[0-5][0-9]:00(\\.[0-9]{3})?(Z|[+-]04:00)?",
        Just("Y".to_owned()),
        "\\PC{0,40}",
        "[\\t\\n -~]{0,40}",
        "[0-9]{5}-[0-9]{4}",
    ]
}

fn any_record() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let fields = Account::ELEMENTS.iter().map(|&name| (Just(name), any_value())).collect::<Vec<_>>();
    fields.prop_shuffle()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The record in XML, with each text written in one of the ways that XML has.
fn xml(record: &[(&str, String)], style: usize) -> String {
    let mut account = String::new();
    for (index, (name, text)) in record.iter().enumerate() {
        let written = match (index + style) % 3 {
            0 => escaped(text),
            1 => text.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect(),
            _ => format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>")),
        };
        account.push_str(&format!("<{name}>{written}</{name}>\n"));
    }
    format!(
        "<?xml version='1.0' encoding='utf-8'?><!-- c --><CsgResponse><Status Code=\"0000\">OK</Status><Account>{account}</Account></CsgResponse>"
    )
}

fn check(result: Result<BillingAccount, backends_csg::translate::FieldError>) -> Result<(), TestCaseError> {
    match result {
        Ok(account) => {
            let json = serde_json::to_string(&account).unwrap();
            let back: BillingAccount = serde_json::from_str(&json).unwrap();
            prop_assert!(back.extra.is_empty(), "every member is a typed one");
            prop_assert_eq!(serde_json::to_string(&back).unwrap(), json);
        }
        Err(error) => prop_assert!(Account::ELEMENTS.contains(&error.element)),
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_record_is_an_account_or_a_named_error(record in any_record(), style in 0usize..3) {
        let xml = xml(&record, style);
        let answer = wire::read(xml.as_bytes()).unwrap();
        let account = &answer.accounts[0];
        check(balance_enquiry::translate(account))?;
        check(by_id::translate(account))?;
        check(list::translate(account, LINKS))?;
        check(list_by_ssn::translate(account, true))?;
        check(list_by_location::translate(account, true))?;
        check(customer(account))?;
    }

    #[test]
    fn texts_survive_every_way_of_writing_them(text in "\\PC{0,60}", style in 0usize..3) {
        let xml = xml(&[("SUB_ACCT_NO", text.clone())], style);
        let answer = wire::read(xml.as_bytes()).unwrap();
        prop_assert_eq!(answer.accounts[0].sub_acct_no().text, text.trim_ascii());
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = wire::read(&body);
    }

    #[test]
    fn a_truncated_answer_is_refused(end in 0usize..1_700) {
        let body = crate::fixture("balance-enquiry");
        let end = end.min(body.trim_ascii().len() - 1);
        prop_assert!(wire::read(&body[..end]).is_err());
    }

    #[test]
    fn a_damaged_answer_is_read_or_refused(at in 0usize..1_700, byte in any::<u8>()) {
        let mut body = crate::fixture("balance-enquiry");
        let at = at % body.len();
        body[at] = byte;
        if let Ok(answer) = wire::read(&body) {
            for account in &answer.accounts {
                let _ = balance_enquiry::translate(account);
            }
        }
    }
}
