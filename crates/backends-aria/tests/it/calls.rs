//! The calls over HTTP, against the simulated Aria.

use std::time::Duration;

use backends_aria::{AriaClient, AriaConfig};
use backends_http::{BackendError, CallContext, CorrelationId, UpstreamMetrics};
use bss_sandbox::{BssName, Fault, FaultRule, Options, Sandbox};
use contract_tests::{document, same_json};
use prometheus_client::registry::Registry;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::views::day;

struct Bench {
    sandbox: Sandbox,
    client: AriaClient,
    registry: Registry,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut AriaConfig)) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut config = AriaConfig::sandbox(sandbox.base_url(BssName::Aria));
        config.http.retry_backoff_ms = 1;
        change(&mut config);
        let mut registry = Registry::default();
        let client = AriaClient::new(&config, &UpstreamMetrics::register(&mut registry)).unwrap();
        Self { sandbox, client, registry }
    }

    fn fault(&self, operation: &str, fault: Fault) {
        self.sandbox.add_fault(FaultRule::new(BssName::Aria, fault).operation(operation));
    }

    fn native(&self, operation: &str, code: i64) {
        self.fault(operation, Fault::Native { code: code.to_string() });
    }

    fn calls(&self, operation: &str) -> u64 {
        self.sandbox.calls().get(&BssName::Aria).and_then(|calls| calls.get(operation)).copied().unwrap_or_default()
    }

    fn metrics(&self) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        text
    }
}

fn context() -> CallContext {
    CallContext::new(CorrelationId::new("644e1dd7-2a7f-18fb-b8ed-ed78c3F92cDD").unwrap(), Instant::now() + Duration::from_secs(20))
}

const ACCOUNT: &str = "21517658-21518862";
const SFDC_CALLS: [&str; 5] = [
    "get_acct_plan_balance_m",
    "get_acct_details_all_m",
    "get_acct_billing_group_details_m",
    "get_acct_dunning_group_details_m",
    "get_unapplied_service_credits_m",
];

#[tokio::test]
async fn the_documents_come_back() {
    let bench = Bench::new();
    let account = bench.client.sfdc_by_id(&context(), ACCOUNT, ACCOUNT).await.unwrap();
    same_json(&serde_json::to_string(&account).unwrap(), &document("sfdc-ux.by-id.aria"));
    let account = bench.client.dxp_balance(&context(), "123456-MA", "123456-MA", day(2023, 3, 10)).await.unwrap();
    same_json(&serde_json::to_string(&account).unwrap(), &document("dxp-ux.by-id.aria"));
}

#[tokio::test]
async fn every_account_of_the_sandbox_has_both_views() {
    let bench = Bench::new();
    for (account, plan) in [
        ("21517701-21518903", "21517701-21518903"),
        ("21517702-21518904", "21517702-21518904"),
        ("21517703-21518905", "MPI-21517703-2"),
        ("21517704-21518906", "21517704-21518906"),
        ("21517705-21518907", "21517705-21518907"),
        ("21517706-21518908", "21517706-21518908"),
    ] {
        let recorded = crate::views::Recorded::of(account);
        let sfdc = bench.client.sfdc_by_id(&context(), account, plan).await.unwrap();
        assert_eq!(*sfdc, recorded.sfdc_by_id(plan), "{plan}");
        let dxp = bench.client.dxp_balance(&context(), account, plan, day(2024, 3, 1)).await.unwrap();
        assert_eq!(*dxp, recorded.dxp_balance(account, plan, day(2024, 3, 1)), "{plan}");
    }
    let metrics = bench.metrics();
    assert!(metrics.contains(r#"upstream_unknown_codes_total{system="aria",table="AriaPayMethodType"} 2"#), "{metrics}");
    assert!(metrics.contains(r#"upstream_unknown_codes_total{system="aria",table="AriaPaymentOption"} 2"#), "{metrics}");
}

#[tokio::test]
async fn an_account_or_plan_that_is_not_there_is_not_found() {
    let bench = Bench::new();
    for (account, plan) in [
        ("0-0", "0-0"),
        (ACCOUNT, "no-such-plan"),
        // A plan instance of somebody else's.
        (ACCOUNT, "MPI-21517703-1"),
        // What a caller sends stays a value.
        ("\"},{\"", "\"},{\""),
    ] {
        let failure = bench.client.sfdc_by_id(&context(), account, plan).await.unwrap_err();
        assert!(matches!(failure, BackendError::NotFound { .. }), "{account} {plan}: {failure:?}");
        let failure = bench.client.dxp_balance(&context(), account, plan, day(2024, 1, 1)).await.unwrap_err();
        assert!(matches!(failure, BackendError::NotFound { .. }), "{account} {plan}: {failure:?}");
    }
}

#[tokio::test]
async fn every_error_code_has_its_meaning() {
    for (codes, class) in [
        (&[1002, 1009, 1013, 14046, 14047][..], "not_found"),
        (&[1003, 1004, 1005, 1011], "misconfigured"),
        (&[1010, 1012, 1016, 1024, 1033], "rejected"),
        (&[1001], "system_down"),
        (&[-1, 4711], "malformed"),
    ] {
        for &code in codes {
            let bench = Bench::new();
            bench.native("get_acct_details_all_m", code);
            let failure = bench.client.sfdc_by_id(&context(), ACCOUNT, ACCOUNT).await.unwrap_err();
            assert_eq!(failure.class(), class, "{code}");
            assert_eq!(failure.origin().operation, "get_acct_details_all_m");
            let failure = bench.client.dxp_balance(&context(), ACCOUNT, ACCOUNT, day(2024, 1, 1)).await.unwrap_err();
            assert_eq!(failure.class(), class, "{code}");
        }
    }
}

#[tokio::test]
async fn no_data_in_a_list_is_an_empty_list() {
    let bench = Bench::new();
    for operation in ["get_acct_billing_group_details_m", "get_acct_dunning_group_details_m", "get_unapplied_service_credits_m"] {
        bench.native(operation, 1002);
    }
    let account = bench.client.sfdc_by_id(&context(), ACCOUNT, ACCOUNT).await.unwrap();
    assert_eq!(account.account_balance.len(), 2, "without credits");
    assert_eq!(account.payment_plan.len(), 1);
}

#[tokio::test]
async fn an_unexpected_failure_is_asked_again() {
    let bench = Bench::new();
    let once = FaultRule::new(BssName::Aria, Fault::Native { code: "1001".to_owned() });
    bench.sandbox.add_fault(once.operation("get_acct_plan_balance_m").times(1));
    bench.client.sfdc_by_id(&context(), ACCOUNT, ACCOUNT).await.unwrap();
    assert_eq!(bench.calls("get_acct_plan_balance_m"), 2);
}

/// All are under way before any has answered: that is what "at the same time" means, whatever a clock says.
#[tokio::test]
async fn the_calls_of_a_view_run_at_the_same_time() {
    let bench = Bench::new();
    bench.sandbox.add_fault(FaultRule::new(BssName::Aria, Fault::Hold));
    let ctx = context();
    let view = bench.client.sfdc_by_id(&ctx, ACCOUNT, ACCOUNT);
    let release = async {
        while SFDC_CALLS.iter().any(|operation| bench.calls(operation) == 0) {
            tokio::task::yield_now().await;
        }
        bench.sandbox.clear_faults();
    };
    let (account, ()) = tokio::join!(view, release);
    assert_eq!(account.unwrap().account_balance.len(), 3);
}

#[tokio::test]
async fn the_first_failure_ends_the_rest() {
    let bench = Bench::new();
    bench.native("get_acct_plan_balance_m", 1009);
    // The other calls never answer while this is in force.
    bench.sandbox.add_fault(FaultRule::new(BssName::Aria, Fault::Hold));
    let failure = bench.client.sfdc_by_id(&context(), ACCOUNT, ACCOUNT).await.unwrap_err();
    assert!(matches!(failure, BackendError::NotFound { .. }));
}

#[tokio::test]
async fn wrong_credentials_are_our_fault() {
    let bench = Bench::with(|config| config.auth_key = SecretString::from("x".repeat(32)));
    let failure = bench.client.sfdc_by_id(&context(), ACCOUNT, ACCOUNT).await.unwrap_err();
    assert!(matches!(&failure, BackendError::Misconfigured { reason, .. } if reason == "error_code 1004"), "{failure:?}");
}

#[tokio::test]
async fn what_is_in_front_of_aria_says_nothing_about_accounts() {
    for (fault, class) in [
        (Fault::Html { code: 503 }, "system_down"),
        (Fault::PlainText { code: 502 }, "system_down"),
        (Fault::Status { code: 404, retry_after: None }, "system_down"),
        (Fault::RateLimited { retry_after: 7 }, "rate_limited"),
        (Fault::Reset, "connection_lost"),
        (Fault::Truncate, "connection_lost"),
        (Fault::Empty, "malformed"),
        (Fault::Garbage, "malformed"),
        (Fault::Absurd, "malformed"),
    ] {
        let bench = Bench::new();
        bench.fault("get_acct_plan_balance_m", fault.clone());
        let failure = bench.client.sfdc_by_id(&context(), ACCOUNT, ACCOUNT).await.unwrap_err();
        assert_eq!(failure.class(), class, "{fault:?}");
        let expected = matches!(fault, Fault::RateLimited { .. }).then(|| Duration::from_secs(7));
        assert_eq!(failure.retry_after(), expected);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_understood_names_the_place_and_no_value() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("aria")).unwrap();
    let account = r#"{
        "client_acct_id": "1-1", "currency_cd": "usd",
        "plan_balances": [{"client_plan_instance_id": "1-1", "current_balance_due": "1.00", "total_balance_due": "1.00"}],
        "master_plans_info": [{"client_master_plan_instance_id": "1-1"}],
        "unapplied_service_credits_details": [{"amount_left_to_apply": 9999999999999999999999999999999, "currency_cd": "usd"}]
    }"#;
    std::fs::write(directory.path().join("aria/1-1.json"), account).unwrap();
    let sandbox = Sandbox::start(Options { data_dir: Some(directory.path().to_owned()), ..Options::default() }).unwrap();
    let metrics = UpstreamMetrics::register(&mut Registry::default());
    let client = AriaClient::new(&AriaConfig::sandbox(sandbox.base_url(BssName::Aria)), &metrics).unwrap();
    let failure = client.sfdc_by_id(&context(), "1-1", "1-1").await.unwrap_err();
    let place = "unapplied_service_credits_details[0].amount_left_to_apply";
    assert_eq!(failure.to_string(), format!("aria get_unapplied_service_credits_m: the answer cannot be understood at {place}"));
    assert!(!format!("{failure:?}").contains("999"));
}
