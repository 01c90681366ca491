//! Native answers in, TMF666 out.

use backends_aria::translate::sfdc_by_id::{TaxFields, sum_of_credits};
use backends_aria::translate::{dxp_balance, sfdc_by_id};
use chrono::NaiveDate;
use contract_tests::{document, same_json};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use tmf666_model::BillingAccount;

const TAX_FIELDS: TaxFields<'static> = TaxFields { certificate: "tax_exempt_certificate", reason: "tax_exempt_reason" };

/// The recorded answers of one account, each as its text on the wire.
pub(crate) struct Recorded(BTreeMap<String, Box<RawValue>>);

impl Recorded {
    pub(crate) fn of(account: &str) -> Self {
        let path = format!("{}/tests/fixtures/{account}.json", env!("CARGO_MANIFEST_DIR"));
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn answer<T: DeserializeOwned>(&self, call: &str) -> T {
        serde_json::from_str(self.0[call].get()).unwrap()
    }

    fn balance<T: DeserializeOwned>(&self, plan: &str) -> T {
        let plans: BTreeMap<String, Box<RawValue>> = self.answer("get_acct_plan_balance_m");
        serde_json::from_str(plans[plan].get()).unwrap()
    }

    pub(crate) fn sfdc_by_id(&self, plan: &str) -> BillingAccount {
        let answers = sfdc_by_id::Answers {
            balance: self.balance(plan),
            details: self.answer("get_acct_details_all_m"),
            billing_groups: self.answer("get_acct_billing_group_details_m"),
            dunning_groups: self.answer("get_acct_dunning_group_details_m"),
            credits: sum_of_credits(&self.answer("get_unapplied_service_credits_m")).unwrap(),
        };
        sfdc_by_id::billing_account(&answers, plan, TAX_FIELDS)
    }

    pub(crate) fn dxp_balance(&self, account: &str, plan: &str, today: NaiveDate) -> BillingAccount {
        let answers = dxp_balance::Answers {
            balance: self.balance(plan),
            details: self.answer("get_acct_details_all_m"),
            statements: self.answer("get_acct_statement_history_m"),
        };
        dxp_balance::billing_account(&answers, account, plan, today)
    }
}

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn json(account: &BillingAccount) -> String {
    serde_json::to_string_pretty(account).unwrap()
}

#[test]
fn the_document_of_sfdc_ux() {
    let account = Recorded::of("21517658-21518862").sfdc_by_id("21517658-21518862");
    same_json(&json(&account), &document("sfdc-ux.by-id.aria"));
}

#[test]
fn the_document_of_dxp_ux() {
    // The document was written on the day of the bill.
    let account = Recorded::of("123456-MA").dxp_balance("123456-MA", "123456-MA", day(2023, 3, 10));
    same_json(&json(&account), &document("dxp-ux.by-id.aria"));
}

#[test]
fn every_account_for_sfdc_ux() {
    for (account, plan) in [
        ("123456-MA", "123456-MA"),
        ("21517701-21518903", "21517701-21518903"),
        ("21517702-21518904", "21517702-21518904"),
        ("21517703-21518905", "MPI-21517703-1"),
        ("21517703-21518905", "MPI-21517703-2"),
        ("21517704-21518906", "21517704-21518906"),
        ("21517705-21518907", "21517705-21518907"),
        ("21517706-21518908", "21517706-21518908"),
        ("careless", "careless"),
    ] {
        insta::assert_snapshot!(format!("sfdc_{plan}"), json(&Recorded::of(account).sfdc_by_id(plan)));
    }
}

#[test]
fn every_account_for_dxp_ux() {
    for (account, plan) in [
        ("21517658-21518862", "21517658-21518862"),
        ("21517702-21518904", "21517702-21518904"),
        ("21517703-21518905", "MPI-21517703-2"),
        ("21517704-21518906", "21517704-21518906"),
        ("21517705-21518907", "21517705-21518907"),
        ("21517706-21518908", "21517706-21518908"),
        ("careless", "careless"),
    ] {
        let translated = Recorded::of(account).dxp_balance(account, plan, day(2024, 3, 1));
        insta::assert_snapshot!(format!("dxp_{plan}"), json(&translated));
    }
}

#[test]
fn days_are_counted_from_the_bill_to_today() {
    let recorded = Recorded::of("21517705-21518907");
    // The bill is of 29 February 2024.
    for (today, offset) in [(day(2024, 2, 29), 0), (day(2024, 3, 1), 1), (day(2025, 2, 28), 365), (day(2024, 2, 1), -28)] {
        let account = recorded.dxp_balance("21517705-21518907", "21517705-21518907", today);
        let cycle = account.bill_structure.unwrap().cycle_specification.unwrap();
        assert_eq!(cycle.payment_due_date_offset, Some(offset), "{today}");
    }
}
