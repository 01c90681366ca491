//! Native records in, TMF666 JSON out.

use std::cell::RefCell;

use backends_cerillion::translate::{self, BALANCE_TYPES, Context};
use backends_cerillion::wire;
use contract_tests::{document, same_json};
use tmf666_model::BillingAccount;
use tmf666_model::codes::{BusinessUnit, CerillionContactMethod, CodeTable};

const ACCOUNT: &str = include_str!("../fixtures/50450354.account.json");
const BALANCE: &str = include_str!("../fixtures/50450354.balance.json");
const SPARSE_ACCOUNT: &str = include_str!("../fixtures/sparse.account.json");
const SPARSE_BALANCE: &str = include_str!("../fixtures/sparse.balance.json");

type View = fn(wire::Account, wire::Balances, Context<'_>) -> BillingAccount;

const BOT_ACCOUNTS: View = |account, _, context| translate::bot_accounts::translate(account, context);

/// The view, and the tables that had to be told of a code outside them.
fn view(account: &str, balance: &str, view: View) -> (String, Vec<&'static str>) {
    let unknown = RefCell::new(Vec::new());
    let count = |table| unknown.borrow_mut().push(table);
    let context = Context { unit: &BusinessUnit::Jm, public_base_url: "https://esb.example.com", unknown_code: &count };
    let account = view(serde_json::from_str(account).unwrap(), serde_json::from_str(balance).unwrap(), context);
    (serde_json::to_string_pretty(&account).unwrap(), unknown.take())
}

#[test]
fn wfm_by_id_is_the_documents_example() {
    let (json, unknown) = view(ACCOUNT, BALANCE, translate::wfm_by_id::translate);
    same_json(&json, &document("wfm-ux.by-id.cerillion"));
    assert!(unknown.is_empty());
}

#[test]
fn wfm_by_id_of_a_sparse_record() {
    let (json, unknown) = view(SPARSE_ACCOUNT, SPARSE_BALANCE, translate::wfm_by_id::translate);
    insta::assert_snapshot!(json);
    assert_eq!(unknown, [BALANCE_TYPES, CerillionContactMethod::NAME]);
}

#[test]
fn bot_balance_enquiry() {
    insta::assert_snapshot!("documented_balance_enquiry", view(ACCOUNT, BALANCE, translate::bot_balance_enquiry::translate).0);
    insta::assert_snapshot!("sparse_balance_enquiry", view(SPARSE_ACCOUNT, SPARSE_BALANCE, translate::bot_balance_enquiry::translate).0);
}

#[test]
fn bot_accounts_entry() {
    insta::assert_snapshot!("documented_accounts_entry", view(ACCOUNT, "[]", BOT_ACCOUNTS).0);
    insta::assert_snapshot!("sparse_accounts_entry", view(SPARSE_ACCOUNT, "[]", BOT_ACCOUNTS).0);
}

#[test]
fn every_contact_method_has_its_medium_and_its_member() {
    for method in CerillionContactMethod::known() {
        let json = format!(r#"{{"accountNo":"1","contactAssociation":[{{"methods":[{{"contactMethod":"{method}","value":"v"}}]}}]}}"#);
        let (json, unknown) = view(&json, "[]", translate::wfm_by_id::translate);
        assert!(unknown.is_empty(), "{method}");
        let account: BillingAccount = serde_json::from_str(&json).unwrap();
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
fn balances_come_in_the_documents_order_whatever_order_they_have() {
    let mut balances: Vec<serde_json::Value> = serde_json::from_str(BALANCE).unwrap();
    let as_they_are = view(ACCOUNT, BALANCE, translate::wfm_by_id::translate).0;
    balances.reverse();
    // Values with two decimals survive this detour; the digits themselves are the other tests' matter.
    same_json(&view(ACCOUNT, &serde_json::to_string(&balances).unwrap(), translate::wfm_by_id::translate).0, &as_they_are);
}

#[test]
fn arrears_begin_above_zero() {
    for (overdue, expected) in [("0.01", "In Arrears"), ("0", "Active"), ("-5", "Active"), ("null", "Active")] {
        let balance = format!(r#"[{{"type":"overdue","amount":{{"value":{overdue}}}}}]"#);
        let (account, _) = view(r#"{"accountNo":"1"}"#, &balance, translate::wfm_by_id::translate);
        assert!(account.contains(&format!(r#""paymentStatus": "{expected}""#)), "{overdue}: {account}");
    }
}
