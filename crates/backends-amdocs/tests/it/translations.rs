//! Native records in, TMF666 JSON out.

use backends_amdocs::translate::dxp_by_id;
use backends_amdocs::wire;
use chrono::{DateTime, Utc};
use tmf666_model::BillingAccount;
use tmf666_model::codes::{BarringOffer, BusinessUnit, CodeTable};

const BARRED: &str = include_str!("../fixtures/barred.json");

fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().unwrap()
}

fn view(json: &str, unit: &BusinessUnit, now: &str) -> BillingAccount {
    dxp_by_id::translate(serde_json::from_str::<wire::Account>(json).unwrap(), unit, at(now))
}

/// The state of an account in good standing with one offer.
fn state_with(offer: &str, now: &str) -> String {
    let json = format!(r#"{{"accountNo":"1","accountStatus":"SN","offers":[{offer}]}}"#);
    view(&json, &BusinessUnit::Cw, now).state.unwrap().into()
}

#[test]
fn a_barred_account() {
    let account = view(BARRED, &BusinessUnit::Cw, "2024-06-01T12:00:00Z");
    insta::assert_snapshot!(serde_json::to_string_pretty(&account).unwrap());
}

#[test]
fn a_bare_account() {
    let account = view(r#"{"accountNo":"9003000005","accountName":"Bare Sample"}"#, &BusinessUnit::Se, "2024-06-01T12:00:00Z");
    insta::assert_snapshot!(serde_json::to_string_pretty(&account).unwrap());
}

#[test]
fn each_barring_offer_suspends_and_nothing_else_does() {
    for offer in BarringOffer::known() {
        assert_eq!(state_with(&format!(r#"{{"offerId":"{offer}"}}"#), "2024-06-01T12:00:00Z"), "Suspended", "{offer}");
    }
    for other in ["5100245", "510024540", " 51002454", "51002455", ""] {
        assert_eq!(state_with(&format!(r#"{{"offerId":"{other}"}}"#), "2024-06-01T12:00:00Z"), "SN", "{other:?}");
    }
}

#[test]
fn an_offer_is_in_force_from_its_first_moment_until_before_its_last() {
    let offer = r#"{"offerId":"51002454","effectiveDate":"2024-02-01","expirationDate":"2024-03-01T00:00:00.000Z"}"#;
    for (now, expected) in [
        ("2024-01-31T23:59:59.999Z", "SN"),
        ("2024-02-01T00:00:00Z", "Suspended"),
        ("2024-02-29T23:59:59.999Z", "Suspended"),
        ("2024-03-01T00:00:00Z", "SN"),
    ] {
        assert_eq!(state_with(offer, now), expected, "{now}");
    }
}

#[test]
fn an_absent_end_is_open() {
    let now = "2024-06-01T12:00:00Z";
    for (dates, expected) in [
        (r#""effectiveDate":"","expirationDate":null"#, "Suspended"),
        (r#""effectiveDate":"2024-06-01T12:00:00""#, "Suspended"),
        (r#""effectiveDate":"2024-06-01T12:00:01""#, "SN"),
        (r#""expirationDate":"2024-06-01T08:00:00-04:00""#, "SN"),
        (r#""expirationDate":"2024-06-01T08:00:01-04:00""#, "Suspended"),
        (r#""effectiveDate":"2024-02-01","expirationDate":"2024-02-01""#, "SN"),
    ] {
        assert_eq!(state_with(&format!(r#"{{"offerId":"51002454",{dates}}}"#), now), expected, "{dates}");
    }
}

#[test]
fn every_market_has_its_currency_where_amdocs_names_none() {
    for unit in &BusinessUnit::DC_MARKETS {
        let account = view(BARRED, unit, "2024-06-01T12:00:00Z");
        let unit_of_balance = account.account_balance[0].amount.as_ref().unwrap().unit.as_deref();
        assert_eq!(unit_of_balance, unit.currency(), "{unit}");
    }
}

#[test]
fn arrears_begin_above_zero() {
    for (overdue, expected) in [("0.01", "In Arrears"), ("0.00", "Active"), ("-5.00", "Active"), ("null", "Active")] {
        let json = format!(r#"{{"accountNo":"1","balances":{{"overdue":{overdue}}}}}"#);
        let account = view(&json, &BusinessUnit::Bo, "2024-06-01T12:00:00Z");
        assert_eq!(account.payment_status.as_deref(), Some(expected), "{overdue}");
    }
}
