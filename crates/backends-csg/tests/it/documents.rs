//! Every example of the channels' documents that CSG produces, from a native record, digit for digit.

use backends_csg::translate::{balance_enquiry, by_id, list, list_by_location, list_by_ssn};
use contract_tests::{document, same_json};
use serde::Serialize;

use crate::{LINKS, accounts_view, customer, one, view};

#[track_caller]
fn is(actual: &impl Serialize, example: &str) {
    same_json(&serde_json::to_string(actual).unwrap(), &document(example));
}

#[test]
fn bot_balance_enquiry() {
    is(&one("balance-enquiry", balance_enquiry::translate), "bot-ux.balance-enquiry.pr");
}

#[test]
fn bot_accounts_up_to_three() {
    is(&accounts_view("accounts-one"), "bot-ux.accounts.pr.up-to-3");
}

#[test]
fn bot_accounts_over_three_have_no_email_address() {
    let list = accounts_view("accounts-four");
    assert_eq!(list.len(), 4);
    for entry in list {
        is(&[entry], "bot-ux.accounts.pr.over-3");
    }
}

#[test]
fn dxp_by_id() {
    is(&one("by-id-autopay-on", by_id::translate), "dxp-ux.by-id.fixed.autopay-enabled");
    is(&one("by-id-autopay-off", by_id::translate), "dxp-ux.by-id.fixed.autopay-disabled");
}

#[test]
fn dxp_list_by_tax_identifier() {
    is(&view("list-by-ssn-autopay-on", |account| list_by_ssn::translate(account, true)), "dxp-ux.list.ssn.autopay-enabled");
    is(&view("list-by-ssn-autopay-off", |account| list_by_ssn::translate(account, true)), "dxp-ux.list.ssn.autopay-disabled");
}

#[test]
fn dxp_list_by_location() {
    is(&view("list-by-location", |account| list_by_location::translate(account, true)), "dxp-ux.list.location-id");
}

#[test]
fn sfdc_list() {
    is(&view("list-by-phone", |account| list::translate(account, LINKS)), "sfdc-ux.list.msisdn.csg");
}

#[test]
fn sfdc_customer() {
    is(&one("customer", customer), "sfdc-ux.by-id.customer-account.csg");
}
