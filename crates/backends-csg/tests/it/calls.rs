//! The client against the simulated CSG, over HTTP.

use std::time::Duration;

use backends_csg::translate::customer::TaxIdentifier;
use backends_csg::{BillMedia, CsgClient, CsgConfig, TaxSearch};
use backends_http::{BackendError, CallContext, CorrelationId, Outage, SystemConfig, UpstreamMetrics};
use bss_sandbox::{BssName, Fault, FaultRule, Options, Sandbox};
use contract_tests::{document, same_json};
use prometheus_client::registry::Registry;
use serde::Serialize;
use tmf666_model::Text;
use tokio::time::Instant;

use crate::LINKS;

struct Bench {
    sandbox: Sandbox,
    registry: Registry,
    csg: CsgClient,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut SystemConfig)) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut config = CsgConfig::sandbox(sandbox.base_url(BssName::Csg));
        change(&mut config.http);
        let mut registry = Registry::default();
        let csg = CsgClient::new(&config, &UpstreamMetrics::register(&mut registry)).unwrap();
        Self { sandbox, registry, csg }
    }

    fn fault(&self, fault: Fault) {
        self.sandbox.add_fault(FaultRule::new(BssName::Csg, fault));
    }

    fn metric(&self, line_start: &str) -> Option<String> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        text.lines().find_map(|line| line.strip_prefix(line_start)).map(|rest| rest.trim().to_owned())
    }
}

fn context(id: &'static str) -> CallContext {
    CallContext::new(CorrelationId::new(id).unwrap(), Instant::now() + Duration::from_secs(10))
}

#[track_caller]
fn is(actual: &impl Serialize, example: &str) {
    same_json(&serde_json::to_string(actual).unwrap(), &document(example));
}

fn token(held: TaxIdentifier<'_>) -> Option<Text> {
    Some(Text::from(held.token))
}

#[tokio::test]
async fn every_example_of_the_documents() {
    let bench = Bench::new();
    let (csg, ctx) = (&bench.csg, &context("examples"));
    is(&csg.balance_enquiry(ctx, "8211990010013290").await.unwrap(), "bot-ux.balance-enquiry.pr");
    is(&csg.accounts(ctx, "7875550101", LINKS).await.unwrap(), "bot-ux.accounts.pr.up-to-3");
    is(&csg.by_id(ctx, "8211990010018869").await.unwrap(), "dxp-ux.by-id.fixed.autopay-enabled");
    is(&csg.list(ctx, "7875550112", LINKS).await.unwrap(), "sfdc-ux.list.msisdn.csg");
    is(&csg.customer(ctx, "80112233456", token).await.unwrap(), "sfdc-ux.by-id.customer-account.csg");
    let enabled = TaxSearch::Token("c2FtcGxlLXRheC1pZC0wMQ==");
    is(&csg.list_by_ssn(ctx, enabled, true).await.unwrap(), "dxp-ux.list.ssn.autopay-enabled");
    let disabled = TaxSearch::Token("c2FtcGxlLXRheC1pZC0wMg==");
    is(&csg.list_by_ssn(ctx, disabled, true).await.unwrap(), "dxp-ux.list.ssn.autopay-disabled");
    for location in ["00917000000385", "917000000385"] {
        let list = csg.list_by_location(ctx, location, true).await.unwrap();
        assert_eq!(list.len(), 2);
        let example: Vec<serde_json::Value> = serde_json::from_str(&document("dxp-ux.list.location-id")).unwrap();
        for expected in example {
            let found = list.iter().find(|account| account.id.as_deref() == expected["id"].as_str()).unwrap();
            same_json(&serde_json::to_string(found).unwrap(), &expected.to_string());
        }
    }
}

#[tokio::test]
async fn every_account_of_the_sandbox_can_be_shown() {
    let bench = Bench::new();
    let ctx = &context("all");
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../bss-sandbox/data/csg");
    for file in std::fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        let number = path.file_stem().unwrap().to_str().unwrap();
        bench.csg.balance_enquiry(ctx, number).await.unwrap();
        bench.csg.by_id(ctx, number).await.unwrap();
        bench.csg.customer(ctx, number, token).await.unwrap();
    }
    // Each account with a code outside the tables was asked for three times.
    assert_eq!(bench.metric("upstream_unknown_codes_total{system=\"csg\",table=\"delinquencyStatus\"}").as_deref(), Some("3"));
    assert_eq!(bench.metric("upstream_unknown_codes_total{system=\"csg\",table=\"paymentStatus\"}").as_deref(), Some("3"));
    let many = bench.csg.accounts(ctx, "7875550199", LINKS).await.unwrap();
    assert_eq!(many.len(), 50, "CSG cuts the list");
}

#[tokio::test]
async fn the_email_address_is_told_for_up_to_three_accounts() {
    let bench = Bench::new();
    let four = bench.csg.accounts(&context("four"), "7875550102", LINKS).await.unwrap();
    assert_eq!(four.len(), 4);
    assert!(!serde_json::to_string(&four).unwrap().contains("emailAddress"));
}

#[tokio::test]
async fn every_operation_reports_an_unknown_account() {
    let bench = Bench::new();
    let (csg, ctx) = (&bench.csg, &context("unknown"));
    let is_not_found = |result: Result<(), BackendError>| assert!(matches!(result, Err(BackendError::NotFound { .. })), "{result:?}");
    is_not_found(csg.balance_enquiry(ctx, "1").await.map(drop));
    is_not_found(csg.by_id(ctx, "1").await.map(drop));
    is_not_found(csg.customer(ctx, "1", token).await.map(drop));
    is_not_found(csg.accounts(ctx, "1", LINKS).await.map(drop));
    is_not_found(csg.list(ctx, "1", LINKS).await.map(drop));
    is_not_found(csg.list_by_ssn(ctx, TaxSearch::Ssn("1"), true).await.map(drop));
    is_not_found(csg.list_by_location(ctx, "1", true).await.map(drop));
    is_not_found(csg.set_bill_media(ctx, "1", BillMedia::Email).await);
}

#[tokio::test]
async fn a_number_with_blanks_around_it_is_nobodys() {
    let bench = Bench::new();
    for number in ["8211990010013290 ", " 8211990010013290", "8211990010013290\u{a0}", "\u{3000}8211990010013290"] {
        let found = bench.csg.balance_enquiry(&context("blanks"), number).await;
        assert!(matches!(found, Err(BackendError::NotFound { .. })), "{number:?}: {found:?}");
    }
}

#[tokio::test]
async fn status_codes_have_their_meaning() {
    for (fault, class) in [
        (Fault::Native { code: "1001".into() }, "not_found"),
        (Fault::Native { code: "1002".into() }, "rejected"),
        (Fault::Native { code: "1003".into() }, "misconfigured"),
        (Fault::Native { code: "1004".into() }, "busy"),
        (Fault::Native { code: "9001".into() }, "system_down"),
        (Fault::Native { code: "9999".into() }, "system_down"),
        (Fault::Native { code: "7777".into() }, "malformed"),
        (Fault::Status { code: 401, retry_after: None }, "misconfigured"),
        (Fault::Status { code: 404, retry_after: None }, "misconfigured"),
        (Fault::Status { code: 500, retry_after: None }, "system_down"),
        (Fault::Html { code: 503 }, "system_down"),
        (Fault::PlainText { code: 502 }, "system_down"),
        (Fault::RateLimited { retry_after: 7 }, "rate_limited"),
        (Fault::Html { code: 200 }, "malformed"),
        (Fault::Empty, "malformed"),
        (Fault::Absurd, "malformed"),
        (Fault::Garbage, "malformed"),
        (Fault::Huge { bytes: 9 * 1024 * 1024 }, "malformed"),
        (Fault::Reset, "connection_lost"),
        (Fault::ResetMidAnswer, "connection_lost"),
        (Fault::Truncate, "connection_lost"),
        (Fault::LostAnswer, "connection_lost"),
        (Fault::NotHttp, "connection_lost"),
    ] {
        let bench = Bench::with(|http| http.retries = 0);
        bench.fault(fault.clone());
        let error = bench.csg.balance_enquiry(&context("status"), "8211990010013290").await.expect_err(&format!("{fault:?}"));
        assert_eq!(error.class(), class, "{fault:?}: {error:?}");
        assert!(!format!("{error:?}").contains("8211990010013290"));
        if let Fault::RateLimited { .. } = fault {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_our_mistake() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let config = CsgConfig { username: "somebody".to_owned(), ..CsgConfig::sandbox(sandbox.base_url(BssName::Csg)) };
    let csg = CsgClient::new(&config, &UpstreamMetrics::register(&mut Registry::default())).unwrap();
    let error = csg.balance_enquiry(&context("who"), "8211990010013290").await.unwrap_err();
    assert_eq!(error.class(), "misconfigured");
}

#[tokio::test]
async fn a_locked_record_is_asked_for_again() {
    let bench = Bench::new();
    bench.sandbox.add_fault(FaultRule::new(BssName::Csg, Fault::Native { code: "1004".into() }).times(1));
    bench.csg.balance_enquiry(&context("locked"), "8211990010013290").await.unwrap();
    assert_eq!(bench.metric("upstream_retries_total{system=\"csg\",operation=\"getBalanceEnquiry\"}").as_deref(), Some("1"));
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_made_once() {
    for fault in [Fault::LostAnswer, Fault::ResetAfter, Fault::ResetMidAnswer, Fault::Truncate, Fault::Native { code: "1004".into() }] {
        let bench = Bench::new();
        bench.sandbox.add_fault(FaultRule::new(BssName::Csg, fault.clone()).times(1));
        let ctx = context("change-1");
        bench.csg.set_bill_media(&ctx, "8211990010042315", BillMedia::Email).await.unwrap();
        bench.csg.set_bill_media(&ctx, "8211990010042315", BillMedia::Email).await.unwrap();
        let changes = bench.sandbox.changes();
        assert_eq!(changes.len(), 1, "{fault:?}: {changes:?}");
        assert_eq!((changes[0].account.as_str(), changes[0].request_id.as_str()), ("8211990010042315", "change-1"));
        let media = bench.csg.by_id(&context("after"), "8211990010042315").await.unwrap().bill_structure.unwrap().presentation_media;
        assert_eq!(media[0].name.as_deref(), Some("Email"));
    }
}

#[tokio::test]
async fn a_stopped_system_is_unavailable_until_it_is_back() {
    let bench = Bench::new();
    bench.csg.balance_enquiry(&context("before"), "8211990010013290").await.unwrap();
    bench.sandbox.stop_system(BssName::Csg);
    let error = bench.csg.balance_enquiry(&context("down"), "8211990010013290").await.unwrap_err();
    assert!(matches!(error, BackendError::Unavailable { outage: Outage::ConnectFailed, .. }), "{error:?}");
    bench.sandbox.start_system(BssName::Csg).unwrap();
    bench.csg.balance_enquiry(&context("after"), "8211990010013290").await.unwrap();
}

#[tokio::test]
async fn text_that_xml_cannot_hold_is_the_callers_mistake() {
    let bench = Bench::new();
    let error = bench.csg.accounts(&context("nul"), "787\0", LINKS).await.unwrap_err();
    assert!(matches!(error, BackendError::Rejected { .. }), "{error:?}");
    let injected = "x</PHONE><SSN_TOKEN>c2FtcGxlLXRheC1pZC0wMQ==</SSN_TOKEN><PHONE>";
    let error = bench.csg.accounts(&context("inject"), injected, LINKS).await.unwrap_err();
    assert!(matches!(error, BackendError::NotFound { .. }), "{error:?}");
}

#[test]
fn the_configuration_is_read_and_checked() {
    let config: CsgConfig =
        toml::from_str("username = 'gateway'\npassword = 'secret'\n[http]\nbase_url = 'http://csg.example.com/prefix'\nretries = 1\n")
            .unwrap();
    assert_eq!((config.sys.as_str(), config.http.retries), ("8211", 1));
    assert!(!format!("{config:?}").contains("secret"));
    assert!(toml::from_str::<CsgConfig>("username = ''\npassword = ''\nuser = ''\n[http]\nbase_url = ''\n").is_err());
    let wrong = CsgConfig { username: String::new(), sys: "<".to_owned(), ..CsgConfig::sandbox("csg") };
    let problems = CsgClient::new(&wrong, &UpstreamMetrics::register(&mut Registry::default())).unwrap_err();
    let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["systems.csg.username", "systems.csg.sys", "systems.csg.http.base_url"]);
}
