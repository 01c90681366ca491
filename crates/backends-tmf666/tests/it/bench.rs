//! What the tests share.

use std::time::Duration;

use backends_http::{CallContext, CorrelationId, UpstreamMetrics};
use backends_tmf666::{Tmf666Client, Tmf666Config};
use prometheus_client::registry::Registry;
use tmf666_model::BillingAccount;
use tokio::time::Instant;

pub(crate) fn ctx() -> CallContext {
    CallContext::new(CorrelationId::new("test-tmf666").unwrap(), Instant::now() + Duration::from_secs(20))
}

pub(crate) fn client(config: &Tmf666Config) -> Tmf666Client {
    Tmf666Client::new(config, &UpstreamMetrics::register(&mut Registry::default())).unwrap()
}

pub(crate) fn ids(accounts: &[BillingAccount]) -> Vec<&str> {
    accounts.iter().map(|account| account.id.as_deref().unwrap()).collect()
}
