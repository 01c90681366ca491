//! Calls to a system that misbehaves on purpose: a bare TCP server of a few lines, one script per connection.
#![allow(missing_docs, clippy::unwrap_used)]

mod answers;
mod faults;
mod flights;
mod limits;
mod outcomes;
mod pool;
mod server;
mod tls;
mod wire;

use std::time::Duration;

use backends_http::{BackendError, Call, CallContext, CorrelationId, Kind, Reply, System, SystemConfig, UpstreamMetrics};
use bytes::Bytes;
use http::Method;
use prometheus_client::registry::Registry;
use tokio::time::Instant;

/// A system with its metrics.
struct Bench {
    system: System,
    registry: Registry,
}

impl Bench {
    fn new(address: &str, change: impl FnOnce(&mut SystemConfig)) -> Self {
        let mut config = SystemConfig::new(format!("http://{address}"));
        config.retry_backoff_ms = 1;
        // So that each call here is seen by the server.
        config.single_flight = false;
        change(&mut config);
        let mut registry = Registry::default();
        let metrics = UpstreamMetrics::register(&mut registry);
        let system = System::new("test", &["ask", "tell"], &config, &metrics).unwrap();
        Self { system, registry }
    }

    /// Makes a call of this kind and gives the reply's body.
    async fn call(&self, kind: Kind) -> Result<String, BackendError> {
        call(&self.system, kind).await
    }

    /// The value of one metric line, 0 where there is none.
    fn metric(&self, line_start: &str) -> u64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(line_start)).map_or("0", str::trim).to_owned();
        value.parse().unwrap()
    }

    /// Lets other tasks run until the metric has this value.
    async fn until(&self, line_start: &str, value: u64) {
        let reached = async {
            while self.metric(line_start) != value {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reached).await.unwrap();
    }
}

async fn call(system: &System, kind: Kind) -> Result<String, BackendError> {
    call_with(system, kind, text_of).await
}

async fn call_with<T>(system: &System, kind: Kind, read: impl Fn(&Reply) -> Result<T, BackendError>) -> Result<T, BackendError> {
    let (operation, method, body) = match kind {
        Kind::Read => ("ask", Method::GET, Bytes::new()),
        Kind::Write | Kind::IdempotentWrite => ("tell", Method::POST, Bytes::from_static(b"secret body")),
    };
    let call = Call {
        operation,
        kind,
        method,
        target: system.target("/v1").segment("secret/account").build(),
        headers: &[],
        body,
        identity: None,
    };
    system.call(&context(), &call, read).await
}

fn text_of(reply: &Reply) -> Result<String, BackendError> {
    reply.require_success()?;
    Ok(String::from_utf8(reply.body.to_vec()).unwrap())
}

fn context() -> CallContext {
    CallContext::new(CorrelationId::new("correlation-1").unwrap(), Instant::now() + Duration::from_secs(60))
}
