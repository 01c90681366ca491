//! What reading, translating and writing an answer allocates grows with the number of accounts, and not faster. Decided by
//! counting, because a clock would decide by what else the machine does.

#![allow(clippy::unwrap_used, missing_docs)]

use allocation_counter::measure;
use backends_http::lenient::List;
use backends_http::{read_json, read_json_with};
use backends_salesforce::records::AccountRecord;
use backends_salesforce::select::Selected as _;
use chrono::DateTime;
use serde_json::{Value, json};
use tmf666_model::codes::BusinessUnit;
use tmf666_model::{BillingAccount, WriteJson};

const BASE: &str = "https://esb.example.com";

/// What each further account may allocate between the 125th and the thousandth, measured by those before.
const MOST_GROWTH: f64 = 1.2;

/// A fixture of a backend's crate, or of the sandbox's data.
macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!("../../../crates/", $path))
    };
}

fn parsed(fixture: &str) -> Value {
    serde_json::from_str(fixture).unwrap()
}

fn list_of(one: &str, number: usize) -> String {
    Value::from(vec![parsed(one); number]).to_string()
}

/// `native` makes the system's answer with so many accounts, or so many of what an account may have many of; `translate` says how many
/// it has read, and writes ours.
#[track_caller]
fn assert_linear(native: impl Fn(usize) -> String, translate: impl Fn(&str) -> (usize, Vec<u8>)) {
    let figures = |number: usize| {
        let native = native(number);
        let mut read = 0;
        let cost = measure(|| read = translate(&native).0);
        assert_eq!(read, number);
        Figures { allocations: cost.count_total as f64, bytes: cost.bytes_total as f64, peak: cost.bytes_max as f64 }
    };
    // Tables that are made when they are first needed are no account's.
    figures(1);
    // Eightfold each time, so that lists and texts, which double when they are full, are as full each time.
    let (few, some, many) = (figures(16), figures(125), figures(1_000));
    let each = |of: fn(&Figures) -> f64| ((of(&some) - of(&few)) / 109.0, (of(&many) - of(&some)) / 875.0);
    for (what, (early, late)) in [("allocations", each(|figures| figures.allocations)), ("bytes", each(|figures| figures.bytes))] {
        println!("{what} for each: {early:.2} up to 125, {late:.2} up to 1,000");
        assert!(late <= early * MOST_GROWTH, "{what} for each: {early:.2}, then {late:.2}");
    }
    // Not by what each adds: few of them fit into what one account needs anyway.
    println!("most bytes at a time: {} with 125, {} with 1,000", some.peak, many.peak);
    assert!(many.peak <= some.peak * 8.0 * MOST_GROWTH, "most bytes at a time: {} with 125, {} with 1,000", some.peak, many.peak);
}

/// What reading, translating and writing one answer costs.
struct Figures {
    allocations: f64,
    bytes: f64,
    /// Most bytes at a time.
    peak: f64,
}

fn written(accounts: &[BillingAccount]) -> (usize, Vec<u8>) {
    (accounts.len(), accounts.to_json())
}

#[test]
fn csg_accounts() {
    let xml: String = fixture!("backends-csg/tests/fixtures/balance-enquiry.xml").lines().map(str::trim).collect();
    let (begin, rest) = xml.split_once("<Account>").unwrap();
    let (account, end) = rest.split_once("</Account>").unwrap();
    let native = |number: usize| {
        let accounts = format!("<Account>{account}</Account>").repeat(number);
        format!("{begin}<listAccounts Count=\"{number}\" More=\"N\">{accounts}</listAccounts>{end}")
    };
    let translate = |xml: &str| {
        let answer = backends_csg::wire::read(xml.as_bytes()).unwrap();
        let links = backends_csg::translate::Links { base: BASE, unit: "PR" };
        written(&backends_csg::translate::accounts::translate(&answer.accounts, links).unwrap())
    };
    assert_linear(native, translate);
}

#[test]
fn liberate_accounts() {
    let native = |number: usize| list_of(fixture!("backends-liberate/tests/fixtures/301202420000.json"), number);
    let translate = |json: &str| {
        let context = backends_liberate::translate::Context { unit: &BusinessUnit::Jm, unknown_code: &|_| {} };
        let mut records: backends_liberate::wire::Answer = read_json(json.as_bytes()).unwrap();
        let view = |record: &mut _| *backends_liberate::translate::bot_accounts::translate(record, BASE, context);
        written(&records.0.iter_mut().map(view).collect::<Vec<_>>())
    };
    assert_linear(native, translate);
}

#[test]
fn cerillion_accounts() {
    let native = |number: usize| list_of(fixture!("backends-cerillion/tests/fixtures/50450354.account.json"), number);
    let translate = |json: &str| {
        let context = backends_cerillion::translate::Context { unit: &BusinessUnit::Jm, public_base_url: BASE, unknown_code: &|_| {} };
        let accounts: backends_cerillion::wire::Accounts = read_json(json.as_bytes()).unwrap();
        let view = |account| backends_cerillion::translate::bot_accounts::translate(account, context);
        written(&accounts.0.into_iter().map(view).collect::<Vec<_>>())
    };
    assert_linear(native, translate);
}

#[test]
fn tmf666_accounts() {
    let native = |number: usize| list_of(fixture!("bss-sandbox/data/tmf666/CL-100200300.json"), number);
    let translate = |json: &str| written(&serde_json::from_str::<List<BillingAccount>>(json).unwrap().0);
    assert_linear(native, translate);
}

/// Of one account, as with the two systems below, which are asked for one only.
#[test]
fn salesforce_lines() {
    let native = |number: usize| {
        let mut account = parsed(fixture!("backends-salesforce/tests/fixtures/postpaid.by-number.json"));
        let line = account["ChildAccounts"]["records"][0].clone();
        account["ChildAccounts"] = json!({ "totalSize": number, "done": true, "records": vec![line; number] });
        account.to_string()
    };
    let names = backends_salesforce::Names::default();
    let org = backends_salesforce::translate::Org { ebill: "eBill", href_base: BASE };
    let translate = |json: &str| {
        let mut record = read_json_with(json.as_bytes(), |record: &mut AccountRecord, json| record.read(json, &names)).unwrap();
        let lines = record.lines.records.len();
        (lines, backends_salesforce::translate::by_number::billing_account(&mut record, org).unwrap().finish().to_json())
    };
    assert_linear(native, translate);
}

#[test]
fn amdocs_offers() {
    let native = |number: usize| {
        let mut account = parsed(fixture!("backends-amdocs/tests/fixtures/barred.json"));
        account["offers"] = Value::from(vec![account["offers"][0].clone(); number]);
        account.to_string()
    };
    let translate = |json: &str| {
        let account: backends_amdocs::wire::Account = read_json(json.as_bytes()).unwrap();
        let offers = account.offers.0.len();
        (offers, backends_amdocs::translate::dxp_by_id::translate(account, &BusinessUnit::Cw, DateTime::default()).to_json())
    };
    assert_linear(native, translate);
}

#[test]
fn aria_plans() {
    use backends_aria::translate::sfdc_by_id::{Answers, TaxFields, billing_account};
    let call = |operation: &str| parsed(fixture!("backends-aria/tests/fixtures/21517658-21518862.json"))[operation].clone();
    let native = |number: usize| {
        let mut details = call("get_acct_details_all_m");
        let plan = |number: usize| json!({ "client_master_plan_instance_id": number.to_string(), "last_bill_date": "2023-07-06" });
        details["master_plans_info"] = (1..=number).map(plan).collect();
        details.to_string()
    };
    let translate = |json: &str| {
        let details: backends_aria::wire::AccountDetails = read_json(json.as_bytes()).unwrap();
        let plans = details.master_plans_info.0.len();
        let answers = Answers {
            balance: read_json(br#"{"error_code":0,"total_balance_due":"1.00"}"#).unwrap(),
            details,
            billing_groups: read_json(b"{}").unwrap(),
            dunning_groups: read_json(b"{}").unwrap(),
            credits: Vec::new(),
        };
        let tax_fields = TaxFields { certificate: "certificate", reason: "reason" };
        (plans, billing_account(&answers, &plans.to_string(), tax_fields).to_json())
    };
    assert_linear(native, translate);
}
