//! What the documents' examples do not show: an account with a state of its own, codes outside the tables, gaps, other
//! formats; and every letter of the delinquency table.

use backends_csg::translate::{FieldError, balance_enquiry, by_id, list, list_by_location, list_by_ssn};
use backends_csg::wire;
use insta::assert_snapshot;
use serde::Serialize;
use tmf666_model::codes::{CodeTable, DelinquencyStatus};

use crate::{LINKS, accounts_view, customer, one};

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn an_unusual_account_in_every_view() {
    assert_snapshot!("unusual.balance-enquiry", pretty(&one("unusual", balance_enquiry::translate)));
    assert_snapshot!("unusual.by-id", pretty(&one("unusual", by_id::translate)));
    assert_snapshot!("unusual.customer", pretty(&one("unusual", customer)));
    assert_snapshot!("unusual.accounts", pretty(&accounts_view("unusual-list")));
    assert_snapshot!("unusual.list", pretty(&one("unusual-list", |account| list::translate(account, LINKS))));
    assert_snapshot!("unusual.list-by-ssn", pretty(&one("unusual-list", |account| list_by_ssn::translate(account, true))));
    assert_snapshot!("unusual.list-by-location", pretty(&one("unusual-list", |account| list_by_location::translate(account, true))));
}

/// The same account in the views that differ most, with only what every account has.
#[test]
fn a_bare_account() {
    let answer = "<CsgResponse><Status Code='0000'/><Account><SUB_ACCT_NO>1</SUB_ACCT_NO></Account></CsgResponse>";
    let answer = wire::read(answer.as_bytes()).unwrap();
    let account = &answer.accounts[0];
    assert_snapshot!("bare.balance-enquiry", pretty(&balance_enquiry::translate(account).unwrap()));
    assert!(by_id::translate(account).unwrap().payment_plan.is_empty(), "nothing is known of how it is paid");
    assert_snapshot!("bare.list-by-ssn", pretty(&list_by_ssn::translate(account, true).unwrap()));
    assert_snapshot!("bare.customer", pretty(&customer(account).unwrap()));
}

#[test]
fn lists_without_balances_have_none() {
    let by_ssn = one("list-by-ssn-autopay-on", |account| list_by_ssn::translate(account, false));
    assert!(by_ssn.account_balance.is_empty());
    let by_location = one("unusual-list", |account| list_by_location::translate(account, false));
    assert!(by_location.account_balance.is_empty());
}

#[test]
fn every_letter_in_its_renderings() {
    let mut table = String::from("letter state_txt | by id: state, paymentStatus | list: state, paymentStatus | accounts | sfdc\n");
    let letters = DelinquencyStatus::known().iter().map(|status| status.as_str().replace("NORMAL", "")).chain(["Q".to_owned()]);
    for (letter, words) in letters.map(|letter| (letter, "")).chain([(String::new(), "InActive"), ("C".to_owned(), "Own Words")]) {
        let answer = format!(
            "<CsgResponse><Status Code=\"0000\"/><Account><SUB_ACCT_NO>1</SUB_ACCT_NO><DELQ_STAT>{letter}</DELQ_STAT>\
             <STATE_TXT>{words}</STATE_TXT></Account></CsgResponse>"
        );
        let answer = wire::read(answer.as_bytes()).unwrap();
        let account = &answer.accounts[0];
        let by_id = by_id::translate(account).unwrap();
        let by_ssn = list_by_ssn::translate(account, true).unwrap();
        let accounts = backends_csg::translate::accounts::translate(&answer.accounts, LINKS).unwrap();
        let sales = list::translate(account, LINKS).unwrap();
        let shown = |text: &Option<tmf666_model::Text>| format!("{:?}", text.as_deref().unwrap());
        table.push_str(&format!(
            "{letter:?} {words:?} | {}, {} | {}, {} | {} | {}\n",
            shown(&by_id.state),
            shown(&by_id.payment_status),
            shown(&by_ssn.state),
            shown(&by_ssn.payment_status),
            shown(&accounts[0].state),
            shown(&sales.state),
        ));
    }
    assert_snapshot!("letters", table);
}

#[test]
fn a_value_that_does_not_fit_names_its_element() {
    for (element, value) in [
        ("CUR_BAL", "12,50"),
        ("DELINQUENCY_AMT", "none"),
        ("LS_PAY_AMT", "0x10"),
        ("CREDIT_LIMIT", "NaN"),
        ("CYC_CDE", "first"),
        ("CYC_CDE", "1000"),
        ("LAST_CHG_DTE", "04/30/2021"),
        ("BILL_FROM_DTE", "2023-13-01"),
        ("BILL_THRU_DTE", "2023-01-32"),
        ("BILL_THRU_DTE", "2023-02-29"),
        ("LS_PAY_DTE", "2023-06-31T10:00:00-04:00"),
        ("LS_PAY_DTE", "2023-01-01T25:00:00Z"),
        ("FIRST_BILL_FROM_DTE", "2023-01-01T10:00:00.Z"),
        ("FIRST_BILL_THRU_DTE", "2023-01-01T10:00:00-4"),
        ("LS_PAY_DTE", "2023-01-0é"),
    ] {
        let answer = format!(
            "<CsgResponse><Status Code=\"0000\"/><Account><SUB_ACCT_NO>1</SUB_ACCT_NO><{element}>{value}</{element}></Account></CsgResponse>"
        );
        let answer = wire::read(answer.as_bytes()).unwrap();
        let FieldError { element: named, .. } = balance_enquiry::translate(&answer.accounts[0]).unwrap_err();
        assert_eq!(named, element, "{value}");
    }
}
