//! Native records in, TMF666 JSON out.

use std::cell::RefCell;

use backends_liberate::translate::{self, Context};
use backends_liberate::wire;
use contract_tests::{document, same_json};
use tmf666_model::BillingAccount;
use tmf666_model::codes::{BusinessUnit, CodeTable, LiberateAccountStatus, LiberateContactMethod};

const DOCUMENTED: &str = include_str!("../fixtures/301202420000.json");
const SPARSE: &str = include_str!("../fixtures/sparse.json");

fn record(json: &str) -> wire::Record {
    serde_json::from_str::<wire::Answer>(json).unwrap().0.swap_remove(0)
}

fn pretty(account: &BillingAccount) -> String {
    serde_json::to_string_pretty(account).unwrap()
}

/// The view, and the tables that had to be told of a code outside them.
fn view(
    json: &str,
    unit: &BusinessUnit,
    view: impl Fn(&mut wire::Record, Context<'_>) -> Box<BillingAccount>,
) -> (String, Vec<&'static str>) {
    let unknown = RefCell::new(Vec::new());
    let count = |table| unknown.borrow_mut().push(table);
    let account = view(&mut record(json), Context { unit, unknown_code: &count });
    (pretty(&account), unknown.take())
}

fn bot_accounts(record: &mut wire::Record, context: Context<'_>) -> Box<BillingAccount> {
    translate::bot_accounts::translate(record, "https://esb.example.com", context)
}

#[test]
fn wfm_by_id_is_the_documents_example() {
    let (json, unknown) = view(DOCUMENTED, &BusinessUnit::Jm, translate::wfm_by_id::translate);
    same_json(&json, &document("wfm-ux.by-id.liberate"));
    assert!(unknown.is_empty());
}

#[test]
fn wfm_by_id_of_a_sparse_record() {
    let (json, unknown) = view(SPARSE, &BusinessUnit::Pa, translate::wfm_by_id::translate);
    insta::assert_snapshot!(json);
    assert_eq!(unknown, [LiberateAccountStatus::NAME, LiberateContactMethod::NAME]);
}

/// Systems that make their JSON of XML write so.
#[test]
fn an_empty_text_in_place_of_an_object_is_a_missing_one() {
    let read = |json| view(json, &BusinessUnit::Jm, translate::wfm_by_id::translate);
    let empty = r#"{"accountNo":"301","balances":"","billingInfo":"","customer":"","contacts":""}"#;
    assert_eq!(read(empty), read(r#"{"accountNo":"301"}"#));
    let no_address = r#"{"accountNo":"301","billingInfo":{"billCycleCode":"5","address":""}}"#;
    assert_eq!(read(no_address), read(r#"{"accountNo":"301","billingInfo":{"billCycleCode":"5"}}"#));
}

#[test]
fn bot_balance_enquiry() {
    insta::assert_snapshot!("documented_balance_enquiry", view(DOCUMENTED, &BusinessUnit::Jm, translate::bot_balance_enquiry::translate).0);
    insta::assert_snapshot!("sparse_balance_enquiry", view(SPARSE, &BusinessUnit::Pa, translate::bot_balance_enquiry::translate).0);
}

#[test]
fn bot_accounts_entry() {
    insta::assert_snapshot!("documented_accounts_entry", view(DOCUMENTED, &BusinessUnit::Jm, bot_accounts).0);
    insta::assert_snapshot!("sparse_accounts_entry", view(SPARSE, &BusinessUnit::Pa, bot_accounts).0);
}

#[test]
fn every_status_letter_has_its_label() {
    for status in LiberateAccountStatus::known() {
        let json = format!(r#"{{"accountNo":"1","accountStatusCode":"{status}","accountStatusDescription":"something else"}}"#);
        let (account, unknown) = view(&json, &BusinessUnit::Jm, translate::wfm_by_id::translate);
        let expected = format!(r#""state": "{status}-{}""#, status.label().unwrap());
        assert!(account.contains(&expected), "{account}");
        assert!(unknown.is_empty());
    }
}

#[test]
fn every_contact_method_has_its_medium_and_its_member() {
    for method in LiberateContactMethod::known() {
        let json = format!(r#"{{"accountNo":"1","contacts":[{{"methods":[{{"contactMethod":"{method}","value":"v"}}]}}]}}"#);
        let account: BillingAccount = serde_json::from_str(&view(&json, &BusinessUnit::Jm, translate::wfm_by_id::translate).0).unwrap();
        let medium = &account.contact[0].contact_medium[0];
        assert_eq!(medium.medium_type.as_deref(), Some(method.medium_type().as_str()));
        let characteristic = medium.characteristic.as_ref().unwrap();
        assert_eq!(characteristic.contact_type, Some(method.contact_type()));
        let member = match method.medium_type().as_str() {
            "Email" => &characteristic.email_address,
            "Fax" => &characteristic.fax_number,
            _ => &characteristic.phone_number,
        };
        assert_eq!(member.as_deref(), Some("v"), "{method}");
    }
}

#[test]
fn arrears_begin_above_zero() {
    for (overdue, expected) in [("0.01", "In Arrears"), ("0.00", "Active"), ("-5.00", "Active"), (r#""""#, "Active")] {
        let json = format!(r#"{{"accountNo":"1","balances":{{"overdueAmount":{overdue}}}}}"#);
        let (account, _) = view(&json, &BusinessUnit::Jm, translate::wfm_by_id::translate);
        assert!(account.contains(&format!(r#""paymentStatus": "{expected}""#)), "{overdue}: {account}");
    }
}

#[test]
fn only_cerillion_takes_accounts_over() {
    let to = |system: &str, number: &str| {
        let record = record(&format!(r#"{{"accountNo":"1","migratedToBSS":"{system}","migratedToAccountNo":{number}}}"#));
        translate::migrated_to(&record).map(|number| number.as_str().to_owned())
    };
    assert_eq!(to("CERILLION", "50450355").as_deref(), Some("50450355"));
    assert_eq!(to("Cerillion", r#""050450355""#).as_deref(), Some("050450355"));
    for (system, number) in [("", "50450355"), ("CERILLION", "0"), ("CERILLION", r#""""#), ("ELSEWHERE", "1")] {
        assert_eq!(to(system, number), None, "{system} {number}");
    }
}
