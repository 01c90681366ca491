//! The client against Amdocs's interface, over HTTP.

use std::time::Duration;

use backends_amdocs::{AmdocsClient, AmdocsConfig};
use backends_http::{BackendError, CallContext, CorrelationId, Outage, UpstreamMetrics};
use bss_sandbox::{BssName, Fault, FaultRule, Options, Sandbox};
use chrono::{DateTime, Utc};
use prometheus_client::registry::Registry;
use secrecy::SecretString;
use tmf666_model::BillingAccount;
use tmf666_model::codes::{BarringOffer, BusinessUnit, CodeTable};
use tokio::time::Instant;

struct Bench {
    sandbox: Sandbox,
    client: AmdocsClient,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut AmdocsConfig)) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut config = AmdocsConfig::sandbox(sandbox.base_url(BssName::Amdocs));
        config.http.retry_backoff_ms = 1;
        change(&mut config);
        let client = AmdocsClient::new(&config, &UpstreamMetrics::register(&mut Registry::default())).unwrap();
        Self { sandbox, client }
    }

    fn fault(&self, fault: Fault) {
        self.sandbox.add_fault(FaultRule::new(BssName::Amdocs, fault));
    }

    async fn get(&self, unit: &BusinessUnit, account_no: &str) -> Result<Box<BillingAccount>, BackendError> {
        self.client.dxp_by_id(&ctx(), unit, account_no, now()).await
    }
}

fn ctx() -> CallContext {
    CallContext::new(CorrelationId::new("test-amdocs").unwrap(), Instant::now() + Duration::from_secs(20))
}

fn now() -> DateTime<Utc> {
    "2024-06-01T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn the_sandboxs_accounts_have_the_states_that_their_offers_give_them() {
    let bench = Bench::new();
    for (unit, account, expected) in [
        (BusinessUnit::Cw, "9001000001", Some("SN")),
        (BusinessUnit::Cw, "9002000003", Some("Suspended")),
        (BusinessUnit::Cw, "9003000001", Some("SN")),
        (BusinessUnit::Sx, "9003000002", Some("SN")),
        (BusinessUnit::Bo, "9003000003", Some("SN")),
        (BusinessUnit::Cw, "9003000004", Some("SN")),
        (BusinessUnit::Se, "9003000005", None),
    ] {
        assert_eq!(bench.get(&unit, account).await.unwrap().state.as_deref(), expected, "{account}");
    }
}

#[tokio::test]
async fn every_barring_offer_is_behind_an_account_of_the_sandbox() {
    let bench = Bench::new();
    let mut suspended = 0;
    for number in 9_002_000_001..=9_002_000_016_u64 {
        for unit in &BusinessUnit::DC_MARKETS {
            match bench.get(unit, &number.to_string()).await {
                Ok(account) => suspended += usize::from(account.state.as_deref() == Some("Suspended")),
                Err(BackendError::NotFound { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(suspended, BarringOffer::known().len());
}

#[tokio::test]
async fn an_account_of_another_market_is_not_found() {
    let bench = Bench::new();
    assert!(bench.get(&BusinessUnit::Cw, "9001000001").await.is_ok());
    assert!(matches!(bench.get(&BusinessUnit::Bo, "9001000001").await, Err(BackendError::NotFound { .. })));
    assert!(matches!(bench.get(&BusinessUnit::Cw, "1/../9001000001").await, Err(BackendError::NotFound { .. })));
}

#[tokio::test]
async fn its_statuses_have_their_meaning() {
    let bench = Bench::new();
    assert!(matches!(bench.get(&BusinessUnit::Pr, "9001000001").await, Err(BackendError::Rejected { .. })));
    let stranger = Bench::with(|config| config.api_key = SecretString::from("guessed"));
    assert!(matches!(stranger.get(&BusinessUnit::Cw, "9001000001").await, Err(BackendError::Misconfigured { .. })));
    for (fault, expected) in [
        (Fault::Native { code: "429".to_owned() }, Outage::RateLimited),
        (Fault::Native { code: "500".to_owned() }, Outage::SystemDown),
        (Fault::Html { code: 503 }, Outage::SystemDown),
        (Fault::PlainText { code: 502 }, Outage::SystemDown),
        (Fault::Reset, Outage::ConnectionLost),
    ] {
        bench.fault(fault.clone());
        match bench.get(&BusinessUnit::Cw, "9001000001").await {
            Err(BackendError::Unavailable { outage, .. }) => assert_eq!(outage, expected, "{fault:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
        bench.sandbox.clear_faults();
    }
}

#[tokio::test]
async fn nonsense_is_malformed() {
    for (fault, place) in [(Fault::Garbage, "$"), (Fault::Empty, "$"), (Fault::Absurd, "accountNo")] {
        let bench = Bench::new();
        bench.fault(fault.clone());
        match bench.get(&BusinessUnit::Cw, "9001000001").await {
            Err(BackendError::Malformed { path, .. }) => assert_eq!(path, place, "{fault:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
    }
}

#[test]
fn every_mistake_in_the_configuration_is_reported_at_once() {
    let mut config = AmdocsConfig::sandbox("http://amdocs.example.com?x=1");
    config.api_key = SecretString::from("two words");
    let problems = AmdocsClient::new(&config, &UpstreamMetrics::register(&mut Registry::default())).unwrap_err();
    let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["systems.amdocs.api_key", "systems.amdocs.http.base_url"]);
    assert!(!format!("{config:?}").contains("two words"));
}
