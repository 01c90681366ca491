//! Native records in, TMF666 out.

use backends_http::read_json_with;
use backends_salesforce::Names;
use backends_salesforce::records::AccountRecord;
use backends_salesforce::select::Selected;
use backends_salesforce::translate::{Org, by_msisdn, by_number};
use backends_salesforce::wire::{Misfit, Record};
use contract_tests::{document, same_json};
use tmf666_model::BillingAccount;

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

const ORG: Org<'_> = Org { ebill: "eBill", href_base: "https://example--dev.sandbox.my.salesforce.com" };

/// Reads a record in both ways.
fn read<T: Selected + PartialEq>(native: &str, names: &Names) -> Result<T, Misfit> {
    let quickly = read_json_with(native.as_bytes(), |record: &mut T, json| record.read(json, names));
    let thoroughly = T::of(&serde_json::from_str::<Record<'_>>(native).unwrap(), names);
    assert!(quickly.as_ref() == thoroughly.as_ref().ok(), "{native}");
    thoroughly
}

fn account(native: &str) -> AccountRecord {
    read(native, &Names::default()).unwrap()
}

fn json(account: &BillingAccount) -> String {
    serde_json::to_string_pretty(account).unwrap()
}

#[test]
fn the_documents_by_number() {
    for example in ["prepaid", "postpaid"] {
        let mut record = account(&fixture(&format!("{example}.by-number")));
        let account = by_number::billing_account(&mut record, ORG).unwrap().finish();
        same_json(&json(&account), &document(&format!("dxp-ux.by-id.{example}.billing-account-number")));
    }
}

#[test]
fn the_documents_by_msisdn() {
    let mut record = account(&fixture("postpaid.by-msisdn"));
    let account = by_msisdn::billing_account(&mut record, ORG).unwrap().finish();
    same_json(&json(&account), &document("dxp-ux.by-id.postpaid.msisdn"));

    let line = read(&fixture("prepaid.by-msisdn"), &Names::default()).unwrap();
    let account = by_msisdn::line_without_account(line).finish();
    same_json(&json(&account), &document("dxp-ux.by-id.prepaid.msisdn"));
}

/// An org with other names gives the same account.
#[test]
fn names_are_the_orgs() {
    let native = fixture("prepaid.by-number");
    let mut names = Names::default();
    let mut renamed = native.clone();
    for (name, own) in [
        (&mut names.account.billing_account_number, "BAN__c"),
        (&mut names.account.parent, "Customer__r"),
        (&mut names.account.payment_methods, "Methods__r"),
        (&mut names.account.msisdn, "Line__c"),
        (&mut names.payment_method.is_primary, "First__c"),
        (&mut names.contact.role, "Role__c"),
    ] {
        renamed = renamed.replace(&format!("\"{name}\""), &format!("\"{own}\""));
        *name = own.to_owned();
    }
    let mut record = read(&renamed, &names).unwrap();
    let account = by_number::billing_account(&mut record, ORG).unwrap().finish();
    same_json(&json(&account), &document("dxp-ux.by-id.prepaid.billing-account-number"));
}

#[test]
fn an_account_of_which_nothing_is_known() {
    let record = || account(r#"{"Id":"0016300001MwDHbAAN","Parent":null,"Contacts":null,"Name":""}"#);
    insta::assert_snapshot!("bare_by_number", json(&by_number::billing_account(&mut record(), ORG).unwrap().finish()));
    insta::assert_snapshot!("bare_by_msisdn", json(&by_msisdn::billing_account(&mut record(), ORG).unwrap().finish()));
}

#[test]
fn a_number_may_stand_for_a_text() {
    let record = || account(r#"{"Id":"1","Billing_Account_Number__c":21003695,"Consumer_PIN__c":1234}"#);
    let account = by_number::billing_account(&mut record(), ORG).unwrap().finish();
    assert_eq!(account.id.as_deref(), Some("21003695"));
    let account = by_msisdn::billing_account(&mut record(), ORG).unwrap().finish();
    assert_eq!(account.related_party[1].id.as_deref(), Some("1234"));
}

/// A misfit is named by its place, never by its value.
#[test]
fn a_misfit_has_a_place() {
    for (native, place) in [
        (r#"{"Id":"1","Name":{}}"#, "Name"),
        (r#"{"Id":"1","vlocity_cmt__EnableAutopay__c":"yes"}"#, "vlocity_cmt__EnableAutopay__c"),
        (r#"{"Id":"1","Parent":"x"}"#, "Parent"),
        (r#"{"Id":"1","Parent":{"Id":[]}}"#, "Parent.Id"),
        (r#"{"Id":"1","Contacts":{"done":true}}"#, "Contacts.records"),
        (r#"{"Id":"1","Contacts":{"records":[]}}"#, "Contacts.done"),
        (r#"{"Id":"1","Contacts":{"records":[],"done":false}}"#, "Contacts.nextRecordsUrl"),
        (r#"{"Id":"1","Contacts":{"records":[{},7],"done":true}}"#, "Contacts.records[1]"),
        (r#"{"Id":"1","ChildAccounts":{"records":[{"MSISDN__c":true}],"done":true}}"#, "ChildAccounts.records[0].MSISDN__c"),
    ] {
        let misfit = read::<AccountRecord>(native, &Names::default()).err();
        assert_eq!(misfit, Some(Misfit(place.to_owned())), "{native}");
    }
    let misfit = by_number::billing_account(&mut account(r#"{"Name":"x"}"#), ORG).unwrap_err();
    assert_eq!(misfit, Misfit("Id".to_owned()));
}
