//! The client against Liberate's interface, over HTTP.

use std::time::Duration;

use backends_http::{BackendError, CallContext, CorrelationId, Outage, UpstreamMetrics};
use backends_liberate::{Key, LiberateClient, LiberateConfig, Located};
use bss_sandbox::{BssName, Fault, FaultRule, Options, Sandbox};
use contract_tests::{document, same_json};
use prometheus_client::registry::Registry;
use secrecy::SecretString;
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;
use tokio::time::Instant;

const JM: BusinessUnit = BusinessUnit::Jm;
const BASE: &str = "https://esb.example.com";

struct Bench {
    sandbox: Sandbox,
    client: LiberateClient,
    registry: Registry,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut LiberateConfig)) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut config = LiberateConfig::sandbox(sandbox.base_url(BssName::Liberate));
        config.http.retry_backoff_ms = 1;
        change(&mut config);
        let mut registry = Registry::default();
        let client = LiberateClient::new(&config, &UpstreamMetrics::register(&mut registry)).unwrap();
        Self { sandbox, client, registry }
    }

    fn fault(&self, fault: Fault) {
        self.sandbox.add_fault(FaultRule::new(BssName::Liberate, fault));
    }

    async fn wfm(&self, account_no: &str) -> Result<Located, BackendError> {
        self.client.wfm_by_id(&ctx(), &JM, account_no).await
    }

    async fn accounts(&self, key: Key<'_>) -> Vec<BillingAccount> {
        self.client.bot_accounts(&ctx(), &JM, key, BASE).await.unwrap().into_iter().map(found).collect()
    }
}

fn ctx() -> CallContext {
    CallContext::new(CorrelationId::new("test-liberate").unwrap(), Instant::now() + Duration::from_secs(20))
}

fn found(located: Located) -> BillingAccount {
    match located {
        Located::Found(account) => *account,
        Located::Migrated { to } => panic!("migrated to {to}"),
    }
}

#[tokio::test]
async fn the_documents_example_is_what_its_request_returns() {
    let bench = Bench::new();
    let account = found(bench.wfm("301202420000").await.unwrap());
    same_json(&serde_json::to_string(&account).unwrap(), &document("wfm-ux.by-id.liberate"));
}

#[tokio::test]
async fn a_migrated_account_says_where_it_went() {
    let bench = Bench::new();
    let migrated = Located::Migrated { to: "50450362".into() };
    assert_eq!(bench.wfm("301202420017").await.unwrap(), migrated);
    assert_eq!(bench.client.bot_balance_enquiry(&ctx(), &JM, "301202420017").await.unwrap(), migrated);
    let list = bench.client.bot_accounts(&ctx(), &JM, Key::AccountNo("301202420017"), BASE).await.unwrap();
    assert_eq!(list, [migrated]);
}

#[tokio::test]
async fn a_number_answers_with_and_without_its_leading_1() {
    let bench = Bench::new();
    for number in ["8765550122", "18765550122", "1 (876) 555-0122"] {
        let accounts = bench.accounts(Key::ContactNo(number)).await;
        assert_eq!(accounts.len(), 1, "{number}");
        assert_eq!(accounts[0].id.as_deref(), Some("301202420033"));
    }
    assert_eq!(bench.accounts(Key::ServiceNo("18765550160")).await[0].id.as_deref(), Some("301202420000"));
}

#[tokio::test]
async fn several_hits_are_all_returned() {
    let bench = Bench::new();
    let shared = bench.accounts(Key::ContactNo("8765550190")).await;
    let ids: Vec<_> = shared.iter().map(|account| account.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["301202420058", "301202420066"]);
    assert_eq!(bench.accounts(Key::ContactNo("8765550199")).await.len(), 60);
}

#[tokio::test]
async fn codes_outside_the_tables_are_kept_and_counted() {
    let bench = Bench::new();
    let account = found(bench.wfm("301202420033").await.unwrap());
    let media = &account.contact[1].contact_medium;
    let shown: Vec<_> = media
        .iter()
        .map(|medium| (medium.medium_type.as_deref(), medium.characteristic.as_ref().unwrap().contact_type.as_deref()))
        .collect();
    assert_eq!(shown[..2], [(Some("Other"), Some("pager")), (Some("Other"), Some("skype"))]);
    found(bench.wfm("301202420111").await.unwrap());
    let mut metrics = String::new();
    prometheus_client::encoding::text::encode(&mut metrics, &bench.registry).unwrap();
    for line in [
        r#"upstream_unknown_codes_total{system="liberate",table="liberateContactMethod"} 2"#,
        r#"upstream_unknown_codes_total{system="liberate",table="liberateAccountStatus"} 1"#,
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
}

#[tokio::test]
async fn its_error_codes_have_their_meaning() {
    let bench = Bench::new();
    assert!(matches!(bench.wfm("999999999999").await, Err(BackendError::NotFound { .. })));
    let elsewhere = bench.client.wfm_by_id(&ctx(), &BusinessUnit::Tt, "301202420000").await;
    assert!(matches!(elsewhere, Err(BackendError::Rejected { .. })), "{elsewhere:?}");
    let stranger = Bench::with(|config| config.password = SecretString::from("guessed"));
    assert!(matches!(stranger.wfm("301202420000").await, Err(BackendError::Misconfigured { .. })));
    bench.fault(Fault::Native { code: "LIB-0500".to_owned() });
    let down = bench.wfm("301202420000").await;
    assert!(matches!(down, Err(BackendError::Unavailable { outage: Outage::SystemDown, .. })), "{down:?}");
    bench.sandbox.clear_faults();
    bench.fault(Fault::Native { code: "LIB-7777".to_owned() });
    let unknown = bench.wfm("301202420000").await.unwrap_err();
    assert_eq!(unknown.to_string(), "liberate getAccounts: the answer cannot be understood at errorCode");
}

#[tokio::test]
async fn a_locked_record_is_read_again() {
    let bench = Bench::new();
    bench.sandbox.add_fault(FaultRule::new(BssName::Liberate, Fault::Native { code: "LIB-0409".to_owned() }).times(2));
    found(bench.wfm("301202420000").await.unwrap());
    assert_eq!(bench.sandbox.calls()[&BssName::Liberate]["getAccounts"], 3);
}

#[tokio::test]
async fn the_batch_window_is_unavailable_not_malformed() {
    let bench = Bench::new();
    for fault in [Fault::PlainText { code: 503 }, Fault::Html { code: 503 }, Fault::Reset, Fault::Truncate] {
        bench.fault(fault.clone());
        let failure = bench.wfm("301202420000").await;
        assert!(matches!(failure, Err(BackendError::Unavailable { .. })), "{fault:?}: {failure:?}");
        bench.sandbox.clear_faults();
    }
}

#[tokio::test]
async fn a_status_that_is_not_liberates_says_nothing_about_accounts() {
    for code in [400, 401, 403, 404, 410] {
        let bench = Bench::new();
        bench.fault(Fault::Status { code, retry_after: None });
        let failure = bench.wfm("301202420000").await;
        assert!(matches!(failure, Err(BackendError::Misconfigured { .. })), "{code}: {failure:?}");
    }
}

#[tokio::test]
async fn nonsense_is_malformed_and_not_repeated() {
    for (fault, place) in [(Fault::Empty, "$"), (Fault::Garbage, "$"), (Fault::Absurd, "[0].accountNo")] {
        let bench = Bench::new();
        bench.fault(fault.clone());
        match bench.wfm("301202420000").await {
            Err(BackendError::Malformed { path, .. }) => assert_eq!(path, place, "{fault:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
        assert_eq!(bench.sandbox.calls()[&BssName::Liberate]["getAccounts"], 1);
    }
}

#[test]
fn every_mistake_in_the_configuration_is_reported_at_once() {
    let mut config = LiberateConfig::sandbox("ftp://liberate.example.com");
    config.username = "a:b".to_owned();
    config.http.timeout_ms = 0;
    let problems = LiberateClient::new(&config, &UpstreamMetrics::register(&mut Registry::default())).unwrap_err();
    let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["systems.liberate.username", "systems.liberate.http.base_url", "systems.liberate.http.timeout_ms"]);
    assert!(!format!("{config:?}").contains("sandbox-liberate-secret"));
}
