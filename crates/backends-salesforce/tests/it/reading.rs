//! Accounts read from the simulated Salesforce.

use backends_http::BackendError;
use backends_salesforce::{Ban, InvalidBan, InvalidMsisdn, Msisdn};
use bss_sandbox::Fault;
use contract_tests::{document, same_json};
use tmf666_model::AnyValue;

use crate::bench::{Bench, json};

#[tokio::test]
async fn the_documents_come_back() {
    let bench = Bench::new();
    for (number, example) in [
        ("31515070-31513558", "dxp-ux.by-id.prepaid.billing-account-number"),
        ("21003695-21003694", "dxp-ux.by-id.postpaid.billing-account-number"),
    ] {
        same_json(&json(&bench.by_number(number).await.unwrap()), &document(example));
    }
    for (msisdn, example) in [("17875550153", "dxp-ux.by-id.prepaid.msisdn"), ("17875550173", "dxp-ux.by-id.postpaid.msisdn")] {
        same_json(&json(&bench.by_msisdn(msisdn).await.unwrap()), &document(example));
    }
    assert_eq!((bench.calls("query"), bench.calls("compositeQuery"), bench.calls("token")), (2, 2, 1), "one request for each view");
}

#[tokio::test]
async fn every_other_account() {
    let bench = Bench::new();
    for number in ["23540074-23540075", "31515101-31513601", "21003702-21003802", "21003703-21003803", "BANx1011-CANx22x2"] {
        insta::assert_snapshot!(format!("number_{number}"), redacted(&bench.by_number(number).await.unwrap()));
    }
    for msisdn in ["17875550172", "17875550176", "17875550177", "17875550178"] {
        insta::assert_snapshot!(format!("msisdn_{msisdn}"), redacted(&bench.by_msisdn(msisdn).await.unwrap()));
    }
}

/// Ids that the sandbox made up depend on how many records it has.
fn redacted(account: &tmf666_model::BillingAccount) -> String {
    let json = json(account);
    let mut out = String::new();
    let mut rest = json.as_str();
    while let Some(at) = rest.find("5e0000") {
        out.push_str(&rest[..at]);
        out.push_str("(made up)");
        rest = &rest[at + 15..];
    }
    out + rest
}

#[tokio::test]
async fn codes_outside_the_tables_are_shown_and_counted() {
    let bench = Bench::new();
    let account = bench.by_number("BANx1011-CANx22x2").await.unwrap();
    assert_eq!((account.state.as_deref(), account.rating_type.as_deref()), (Some("Pending Port"), Some("Hybrid")));
    let metrics = bench.metrics();
    for table in ["SalesforceAccountStatus", "SalesforcePaymentType", "SalesforcePaymentMethodType"] {
        assert!(metrics.contains(&format!(r#"upstream_unknown_codes_total{{system="salesforce",table="{table}"}} 1"#)), "{metrics}");
    }
}

#[tokio::test]
async fn a_list_that_goes_on_is_followed_to_its_end() {
    let bench = Bench::new();
    for account in [bench.by_number("21003704-21003804").await.unwrap(), bench.by_msisdn("19395550100").await.unwrap()] {
        let AnyValue::Json(lines) = account.extended_characteristics[0].value.clone().unwrap() else { panic!("a list") };
        let lines: Vec<String> = serde_json::from_str(lines.get()).unwrap();
        assert_eq!((lines.len(), lines[0].as_str(), lines[429].as_str()), (430, "19395550100", "19435550129"));
        assert!(lines.is_sorted());
        assert_eq!(account.payment_plan.len(), 2);
        assert_eq!(account.contact.iter().filter(|contact| contact.name.is_some()).count(), 3);
    }
    assert_eq!(bench.calls("queryMore"), 4, "200 on the first page, then 200, then 30, twice");
}

#[tokio::test]
async fn a_number_that_moved_on_belongs_to_its_new_owner() {
    let bench = Bench::new();
    let account = bench.by_msisdn("17875550177").await.unwrap();
    assert_eq!(account.name.as_deref(), Some("María O'Hara-Sample"));
    assert!(!json(&account).contains("9876"), "the former owner's PIN");
}

#[tokio::test]
async fn nobody_is_found_under_a_number_that_nobody_has() {
    let bench = Bench::new();
    for number in ["0", "31515070-3151355", "' OR Name != '", r"\' OR Name != \'", "%", "31515070-31513558' AND Name != '", "x\u{301}"] {
        let failure = bench.by_number(number).await.unwrap_err();
        assert!(matches!(failure, BackendError::NotFound { .. }), "{number}: {failure:?}");
    }
    let failure = bench.by_msisdn("17875550199").await.unwrap_err();
    assert!(matches!(failure, BackendError::NotFound { .. }), "{failure:?}");
}

#[test]
fn a_key_is_what_it_says_or_it_is_none() {
    assert_eq!(Msisdn::new("17875550153").unwrap().as_str(), "17875550153");
    for text in [
        "",
        "7875550153",
        "27875550153",
        "178755501533",
        "1787555015x",
        "+1787555015",
        "1 787 555 015",
        "1787555015'",
        "１７８７５５５０１５３",
    ] {
        assert_eq!(Msisdn::new(text), Err(InvalidMsisdn), "{text}");
    }
    assert_eq!(Ban::new("BANx1011-CANx22x2").unwrap().as_str(), "BANx1011-CANx22x2");
    for text in ["", "a\nb", "\0", &"9".repeat(256)] {
        assert_eq!(Ban::new(text), Err(InvalidBan), "{text}");
    }
}

#[tokio::test]
async fn every_error_code_has_its_meaning() {
    for (code, class) in [
        ("REQUEST_LIMIT_EXCEEDED", "rate_limited"),
        ("SERVER_UNAVAILABLE", "system_down"),
        ("UNKNOWN_EXCEPTION", "system_down"),
        ("UNABLE_TO_LOCK_ROW", "busy"),
        ("MALFORMED_QUERY", "misconfigured"),
        ("INVALID_FIELD", "misconfigured"),
        ("INVALID_TYPE", "misconfigured"),
        ("API_DISABLED_FOR_ORG", "misconfigured"),
        ("NOT_FOUND", "not_found"),
    ] {
        let bench = Bench::new();
        bench.native("query", code, 9);
        bench.native("compositeQuery", code, 9);
        assert_eq!(bench.by_number("31515070-31513558").await.unwrap_err().class(), class, "{code}");
        assert_eq!(bench.by_msisdn("17875550172").await.unwrap_err().class(), class, "{code}");
    }
}

#[tokio::test]
async fn a_lock_and_a_short_outage_pass() {
    for code in ["UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"] {
        let bench = Bench::new();
        bench.native("query", code, 2);
        bench.by_number("31515070-31513558").await.unwrap();
        assert_eq!(bench.calls("query"), 3);
    }
    let bench = Bench::new();
    bench.native("query", "REQUEST_LIMIT_EXCEEDED", 2);
    bench.by_number("31515070-31513558").await.unwrap_err();
    assert_eq!(bench.calls("query"), 1, "asking more makes a limit worse");
}

#[tokio::test]
async fn what_is_in_front_of_salesforce_says_nothing_about_accounts() {
    for (fault, class) in [
        (Fault::Html { code: 503 }, "system_down"),
        (Fault::PlainText { code: 500 }, "system_down"),
        (Fault::Status { code: 404, retry_after: None }, "misconfigured"),
        (Fault::Status { code: 401, retry_after: None }, "misconfigured"),
        (Fault::RateLimited { retry_after: 7 }, "rate_limited"),
        (Fault::Reset, "connection_lost"),
        (Fault::Truncate, "connection_lost"),
        (Fault::Empty, "malformed"),
        (Fault::Garbage, "malformed"),
        (Fault::Absurd, "malformed"),
    ] {
        let bench = Bench::new();
        bench.fault("query", fault.clone(), 9);
        bench.fault("compositeQuery", fault.clone(), 9);
        assert_eq!(bench.by_number("31515070-31513558").await.unwrap_err().class(), class, "{fault:?}");
        assert_eq!(bench.by_msisdn("17875550172").await.unwrap_err().class(), class, "{fault:?}");
    }
}

#[tokio::test]
async fn the_daily_limit_is_a_gauge() {
    let bench = Bench::new();
    bench.by_number("31515070-31513558").await.unwrap();
    bench.by_number("31515070-31513558").await.unwrap();
    let metrics = bench.metrics();
    assert!(metrics.contains(r#"upstream_api_usage{system="salesforce"} 2"#), "{metrics}");
    assert!(metrics.contains(r#"upstream_api_limit{system="salesforce"} 15000"#), "{metrics}");
}

#[tokio::test]
async fn an_ordinary_deployment_links_to_the_instance() {
    let bench = Bench::with(|config| config.href_base = None);
    let account = bench.by_number("31515070-31513558").await.unwrap();
    let instance = bench.sandbox.base_url(bss_sandbox::BssName::Salesforce);
    assert_eq!(account.href.as_deref(), Some(format!("{instance}/0016300001MwDHbAAN").as_str()));
}
