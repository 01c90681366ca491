//! The client against Cerillion's interface, over HTTP.

use std::time::Duration;

use backends_cerillion::{CerillionClient, CerillionConfig, Key};
use backends_http::{BackendError, CallContext, CorrelationId, Outage, UpstreamMetrics};
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
    client: CerillionClient,
    registry: Registry,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut CerillionConfig)) -> Self {
        Self::on(Options::default(), change)
    }

    /// Beside the sandbox's own accounts so many behind one contact number.
    fn with_accounts(count: usize, number: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("cerillion")).unwrap();
        let account = format!(
            r#"{{"copies":{},"accountNo":"60000000","contactAssociation":[{{"contactsName":"N","type":"primary","methods":[{{"contactMethod":"HOME","value":"{number}"}}]}}]}}"#,
            count - 1
        );
        std::fs::write(directory.path().join("cerillion/60000000.json"), account).unwrap();
        Self::on(Options { data_dir: Some(directory.path().to_owned()), ..Options::default() }, |_| ())
    }

    fn on(options: Options, change: impl FnOnce(&mut CerillionConfig)) -> Self {
        let sandbox = Sandbox::start(options).unwrap();
        let mut config = CerillionConfig::sandbox(sandbox.base_url(BssName::Cerillion));
        config.http.retry_backoff_ms = 1;
        change(&mut config);
        let mut registry = Registry::default();
        let client = CerillionClient::new(&config, &UpstreamMetrics::register(&mut registry)).unwrap();
        Self { sandbox, client, registry }
    }

    fn fault(&self, operation: &str, fault: Fault) {
        self.sandbox.add_fault(FaultRule::new(BssName::Cerillion, fault).operation(operation));
    }

    fn calls(&self, operation: &str) -> u64 {
        self.sandbox.calls().get(&BssName::Cerillion).and_then(|calls| calls.get(operation)).copied().unwrap_or_default()
    }

    async fn wfm(&self, account_no: &str) -> Result<Box<BillingAccount>, BackendError> {
        self.client.wfm_by_id(&ctx(), &JM, account_no, BASE).await
    }

    async fn ids(&self, key: Key<'_>) -> Vec<String> {
        let accounts = self.client.bot_accounts(&ctx(), &JM, key, BASE).await.unwrap();
        accounts.into_iter().map(|account| account.id.unwrap().into()).collect()
    }
}

fn ctx() -> CallContext {
    CallContext::new(CorrelationId::new("test-cerillion").unwrap(), Instant::now() + Duration::from_secs(20))
}

#[tokio::test]
async fn the_documents_example_is_what_its_request_returns() {
    let bench = Bench::new();
    let account = bench.wfm("50450354").await.unwrap();
    same_json(&serde_json::to_string(&account).unwrap(), &document("wfm-ux.by-id.cerillion"));
}

/// The account's answer is held back until the balance was asked for too: one after the other would never end.
#[tokio::test]
async fn both_halves_are_asked_for_at_the_same_time() {
    let bench = Bench::new();
    bench.fault("getAccount", Fault::Hold);
    let context = ctx();
    let answer = bench.client.wfm_by_id(&context, &JM, "50450354", BASE);
    let release = async {
        while bench.calls("getAccountBalance") == 0 {
            tokio::task::yield_now().await;
        }
        bench.sandbox.clear_faults();
    };
    let both = async { tokio::join!(answer, release).0 };
    let answer = tokio::time::timeout(Duration::from_secs(15), both).await.expect("the balance is asked for meanwhile");
    assert_eq!(answer.unwrap().id.as_deref(), Some("50450354"));
}

#[tokio::test]
async fn many_callers_share_one_token() {
    let bench = Bench::new();
    let other = bench.client.for_worker();
    let context = &ctx();
    let ask = async |client: &CerillionClient| client.wfm_by_id(context, &JM, "50450354", BASE).await.unwrap();
    tokio::join!(ask(&bench.client), ask(&other), ask(&bench.client), ask(&other), ask(&bench.client));
    assert_eq!(bench.calls("token"), 1);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let bench = Bench::new();
    bench.wfm("50450354").await.unwrap();
    // Both halves of the next account meet a token that Cerillion does not know any more.
    for operation in ["getAccount", "getAccountBalance"] {
        bench.sandbox.add_fault(FaultRule::new(BssName::Cerillion, Fault::Native { code: "401".to_owned() }).operation(operation).times(1));
    }
    bench.wfm("50450354").await.unwrap();
    assert_eq!(bench.calls("token"), 2);
    bench.fault("getAccount", Fault::Native { code: "401".to_owned() });
    let refused = bench.wfm("50450354").await;
    assert!(matches!(refused, Err(BackendError::Misconfigured { .. })), "{refused:?}");
    assert_eq!(bench.calls("token"), 3, "a fresh token that is refused too is not renewed again");
}

#[tokio::test]
async fn credentials_that_the_token_endpoint_refuses_are_ours() {
    let bench = Bench::with(|config| config.client_secret = SecretString::from("guessed & wrong"));
    let refused = bench.wfm("50450354").await.unwrap_err();
    assert_eq!(refused.to_string(), "cerillion token: this gateway is not allowed to ask (401 Unauthorized)");
    let bench = Bench::with(|config| config.realm = "elsewhere".to_owned());
    assert!(matches!(bench.wfm("50450354").await, Err(BackendError::Misconfigured { .. })));
}

#[tokio::test]
async fn a_number_answers_with_and_without_its_leading_1() {
    let bench = Bench::new();
    for number in ["8765550175", "18765550175", "1-876-555-0175"] {
        assert_eq!(bench.ids(Key::ContactNo(number)).await, ["50450412"], "{number}");
        assert_eq!(bench.ids(Key::ServiceNo(number)).await, ["50450412"], "{number}");
    }
    assert_eq!(bench.ids(Key::AccountNo("50450412")).await, ["50450412"]);
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let bench = Bench::with_accounts(250, "8765550100");
    assert_eq!(bench.ids(Key::ContactNo("8765550190")).await, ["50450420", "50450438"]);
    assert_eq!(bench.calls("listAccounts"), 1);
    let mut ids = bench.ids(Key::ContactNo("8765550100")).await;
    assert_eq!((bench.calls("listAccounts"), ids.len()), (4, 250));
    ids.dedup();
    assert_eq!(ids.len(), 250);
    let nobody = bench.client.bot_accounts(&ctx(), &JM, Key::ContactNo("8765550000"), BASE).await;
    assert!(matches!(nobody, Err(BackendError::NotFound { .. })), "{nobody:?}");
}

#[tokio::test]
async fn a_number_that_leads_to_more_than_a_thousand_accounts_is_a_mistake() {
    let bench = Bench::with_accounts(1_001, "8765550100");
    let failure = bench.client.bot_accounts(&ctx(), &JM, Key::ContactNo("8765550100"), BASE).await.unwrap_err();
    assert_eq!(failure.to_string(), "cerillion listAccounts: the answer cannot be understood at X-Total-Count");
    assert_eq!(bench.calls("listAccounts"), 1);
}

#[tokio::test]
async fn an_account_without_balances_is_an_account() {
    let bench = Bench::new();
    assert!(bench.wfm("50450446").await.unwrap().account_balance.is_empty());
    bench.fault("getAccountBalance", Fault::Native { code: "404".to_owned() });
    assert!(bench.wfm("50450354").await.unwrap().account_balance.is_empty());
}

#[tokio::test]
async fn codes_outside_the_tables_are_kept_and_counted() {
    let bench = Bench::new();
    let account = bench.wfm("50450412").await.unwrap();
    let media = account.contact.iter().flat_map(|contact| &contact.contact_medium);
    assert!(media.into_iter().any(|medium| medium.medium_type.as_deref() == Some("Other")
        && medium.characteristic.as_ref().unwrap().contact_type.as_deref() == Some("telex")));
    let mut metrics = String::new();
    prometheus_client::encoding::text::encode(&mut metrics, &bench.registry).unwrap();
    let line = r#"upstream_unknown_codes_total{system="cerillion",table="cerillionContactMethod"} 1"#;
    assert!(metrics.contains(line), "{metrics}");
}

#[tokio::test]
async fn its_statuses_have_their_meaning() {
    let bench = Bench::new();
    assert!(matches!(bench.wfm("99999999").await, Err(BackendError::NotFound { .. })));
    let outage = |failure: &BackendError| match failure {
        BackendError::Unavailable { outage, .. } => Some(*outage),
        _ => None,
    };
    for (code, expected) in [("409", Outage::Busy), ("429", Outage::RateLimited), ("500", Outage::SystemDown), ("503", Outage::SystemDown)]
    {
        bench.fault("getAccount", Fault::Native { code: code.to_owned() });
        let failure = bench.wfm("50450354").await.unwrap_err();
        assert_eq!(outage(&failure), Some(expected), "{code}: {failure:?}");
        bench.sandbox.clear_faults();
    }
    bench.fault("getAccount", Fault::Native { code: "400".to_owned() });
    assert!(matches!(bench.wfm("50450354").await, Err(BackendError::Rejected { .. })));
    bench.sandbox.clear_faults();
    bench.fault("getAccountBalance", Fault::Html { code: 503 });
    assert_eq!(outage(&bench.wfm("50450354").await.unwrap_err()), Some(Outage::SystemDown));
}

#[tokio::test]
async fn nonsense_is_malformed() {
    for (operation, fault, place) in [
        ("token", Fault::Absurd, "access_token"),
        ("getAccount", Fault::Garbage, "$"),
        ("getAccount", Fault::Absurd, "accountNo"),
        ("getAccountBalance", Fault::Empty, "$"),
        ("getAccountBalance", Fault::Absurd, "[0].type"),
    ] {
        let bench = Bench::new();
        bench.fault(operation, fault.clone());
        match bench.wfm("50450354").await {
            Err(BackendError::Malformed { path, .. }) => assert_eq!(path, place, "{operation} {fault:?}"),
            other => panic!("{operation} {fault:?}: {other:?}"),
        }
    }
}

#[test]
fn every_mistake_in_the_configuration_is_reported_at_once() {
    let mut config = CerillionConfig::sandbox("cerillion.example.com");
    config.organisation.clear();
    let problems = CerillionClient::new(&config, &UpstreamMetrics::register(&mut Registry::default())).unwrap_err();
    let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["systems.cerillion.organisation", "systems.cerillion.http.base_url"]);
    assert!(!format!("{config:?}").contains("sandbox-cerillion-secret"));
}
