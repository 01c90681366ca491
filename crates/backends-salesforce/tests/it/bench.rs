//! A client and a simulated Salesforce for it.

use std::time::Duration;

use backends_http::{CallContext, CorrelationId, UpstreamMetrics};
use backends_salesforce::{Ban, Msisdn, SalesforceClient, SalesforceConfig};
use bss_sandbox::{BssName, Change, Fault, FaultRule, Options, Sandbox};
use prometheus_client::registry::Registry;
use tmf666_model::BillingAccount;
use tokio::time::Instant;

pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: SalesforceClient,
    registry: Registry,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut SalesforceConfig)) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut config = SalesforceConfig::sandbox(sandbox.base_url(BssName::Salesforce));
        config.http.retry_backoff_ms = 1;
        change(&mut config);
        let mut registry = Registry::default();
        let client = SalesforceClient::new(&config, &UpstreamMetrics::register(&mut registry)).unwrap();
        Self { sandbox, client, registry }
    }

    pub(crate) fn fault(&self, operation: &str, fault: Fault, times: u32) {
        self.sandbox.add_fault(FaultRule::new(BssName::Salesforce, fault).operation(operation).times(times));
    }

    pub(crate) fn native(&self, operation: &str, code: &str, times: u32) {
        self.fault(operation, Fault::Native { code: code.to_owned() }, times);
    }

    pub(crate) fn calls(&self, operation: &str) -> u64 {
        self.sandbox.calls().get(&BssName::Salesforce).and_then(|calls| calls.get(operation)).copied().unwrap_or_default()
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        self.sandbox.changes()
    }

    pub(crate) fn metrics(&self) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        text
    }

    pub(crate) async fn by_number(&self, number: &str) -> Result<Box<BillingAccount>, backends_http::BackendError> {
        self.client.account_by_number(&context(), Ban::new(number).unwrap()).await
    }

    pub(crate) async fn by_msisdn(&self, msisdn: &str) -> Result<Box<BillingAccount>, backends_http::BackendError> {
        self.client.account_by_msisdn(&context(), Msisdn::new(msisdn).unwrap()).await
    }
}

pub(crate) fn context() -> CallContext {
    context_of("644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2gk")
}

pub(crate) fn context_of(correlation_id: &str) -> CallContext {
    let id = CorrelationId::new(correlation_id.to_owned()).unwrap();
    CallContext::new(id, Instant::now() + Duration::from_secs(20))
}

pub(crate) fn json(account: &BillingAccount) -> String {
    serde_json::to_string_pretty(account).unwrap()
}
