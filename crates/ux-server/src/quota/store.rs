//! The store in which several processes count their quotas together: Redis or Valkey. Section `[quota_store]`.
//!
//! A thread of its own reports what this process has let through and hears what all of them have: at least every
//! `report_ms`, and at once when a request waits for it. Requests look at atomics only.
//!
//! | name | labels | what |
//! |---|---|---|
//! | `quota_store_up` | | 1 while the store answers, 0 while each process keeps to its part of the quotas |
//! | `quota_store_errors_total` | | connections that failed, and reports that were not answered in time |
//! | `quota_store_reports_total` | | reports that were answered: what the store sees of this process |

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use backends_http::ConfigProblem;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisResult, TlsCertificates};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::oneshot;

use super::rate::nanoseconds;
use super::{Quota, Sharing};
use crate::clients::Clients;
use crate::server;

const SCRIPT: &str = include_str!("store.lua");

/// Quotas in one script, so that the store is never busy with us for long.
const QUOTAS_AT_ONCE: usize = 500;

/// Longest time for a connection to come up: name, TCP, TLS, credentials.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Pause before the next attempt to reach a store that is away.
const PAUSE: Duration = Duration::from_millis(250);

/// `[quota_store]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreSection {
    /// `redis://[user][:password@]host[:port][/database]`, `rediss://` for TLS.
    url: SecretString,
    /// PEM file with the only authorities that may vouch for the store. Without it: those that this machine trusts.
    #[serde(default)]
    ca_file: Option<PathBuf>,
    /// Processes that share the quotas. 1 to 10,000.
    replicas: u32,
    /// How much of a quota all of them together may let through before the store has heard of it. 1 to 100.
    #[serde(default = "defaults::slack_percent")]
    slack_percent: u32,
    /// Longest time between two reports. 5 to 10,000 ms.
    #[serde(default = "defaults::report_ms")]
    report_ms: u64,
    /// Longest wait for the store's answer; after it the store counts as away. 1 to 1,000 ms.
    #[serde(default = "defaults::timeout_ms")]
    timeout_ms: u64,
}

mod defaults {
    pub(super) const fn slack_percent() -> u32 {
        10
    }
    pub(super) const fn report_ms() -> u64 {
        50
    }
    pub(super) const fn timeout_ms() -> u64 {
        50
    }
}

/// A store as configured; nothing is connected yet.
pub(crate) struct StoreConfig {
    client: redis::Client,
    report_every: Duration,
    timeout: Duration,
    replicas: u32,
    slack_percent: u32,
}

impl StoreConfig {
    pub(crate) fn sharing(&self) -> Sharing {
        Sharing::new(self.replicas, self.slack_percent)
    }
}

impl StoreSection {
    pub(crate) fn checked(&self, problems: &mut Vec<ConfigProblem>) -> Option<StoreConfig> {
        let before = problems.len();
        let in_range = [
            ("replicas", u64::from(self.replicas), 1, 10_000),
            ("slack_percent", u64::from(self.slack_percent), 1, 100),
            ("report_ms", self.report_ms, 5, 10_000),
            ("timeout_ms", self.timeout_ms, 1, 1_000),
        ];
        for (key, value, least, most) in in_range {
            if value < least || value > most {
                problems.push(problem(key, format!("{value} is outside {least} to {most}")));
            }
        }
        let client = self.client().map_err(|problem| problems.push(problem)).ok()?;
        (problems.len() == before).then(|| StoreConfig {
            client,
            report_every: Duration::from_millis(self.report_ms),
            timeout: Duration::from_millis(self.timeout_ms),
            replicas: self.replicas,
            slack_percent: self.slack_percent,
        })
    }

    /// What is wrong with the address is not quoted: it may hold a password.
    fn client(&self) -> Result<redis::Client, ConfigProblem> {
        let url = self.url.expose_secret();
        let not_a_url = |_| problem("url", "redis://[user][:password@]host[:port][/database] or rediss:// is expected".to_owned());
        let Some(file) = &self.ca_file else {
            return redis::Client::open(url).map_err(not_a_url);
        };
        if !url.starts_with("rediss://") {
            return Err(problem("ca_file", "only a rediss:// address has TLS".to_owned()));
        }
        let root_cert = std::fs::read(file).map_err(|error| problem("ca_file", format!("{} cannot be read: {error}", file.display())))?;
        redis::Client::open(url).map_err(not_a_url)?;
        let certificates = TlsCertificates { client_tls: None, root_cert: Some(root_cert) };
        redis::Client::build_with_tls(url, certificates).map_err(|_| problem("ca_file", "not certificates in PEM".to_owned()))
    }
}

fn problem(key: &str, reason: String) -> ConfigProblem {
    ConfigProblem { key: format!("quota_store.{key}"), reason }
}

/// The clients of this moment.
type ClientsInForce = dyn Fn() -> Arc<Clients> + Send + Sync;

/// The running thread.
pub(crate) struct Store {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Store {
    /// `channel` keeps the quotas of one channel's clients apart from those of another; `started` is what the quotas' times
    /// count from.
    pub(crate) fn start(
        config: StoreConfig,
        sharing: Arc<Sharing>,
        channel: &'static str,
        clients: Box<ClientsInForce>,
        started: Instant,
        registry: &mut Registry,
    ) -> io::Result<Self> {
        let metrics = StoreMetrics::register(registry);
        let reporter = Reporter { config, channel, clients, started, sharing, metrics };
        let runtime = server::runtime()?;
        let (stop, stopped) = oneshot::channel();
        let work = async move {
            tokio::select! {
                () = reporter.run() => {}
                _ = stopped => {}
            }
        };
        let thread = std::thread::Builder::new().name("quota-store".into()).spawn(move || runtime.block_on(work))?;
        Ok(Self { stop, thread })
    }

    pub(crate) fn stop(self) {
        // Gone only if its thread panicked, which `join` tells.
        let _ = self.stop.send(());
        if self.thread.join().is_err() {
            tracing::error!("the thread of the quota store panicked");
        }
    }
}

struct StoreMetrics {
    up: Gauge,
    errors: Counter,
    reports: Counter,
}

impl StoreMetrics {
    fn register(registry: &mut Registry) -> Self {
        let metrics = Self { up: Gauge::default(), errors: Counter::default(), reports: Counter::default() };
        let registry = registry.sub_registry_with_prefix("quota_store");
        registry.register("up", "Whether the quota store answers", metrics.up.clone());
        registry.register("errors", "Failures of the quota store", metrics.errors.clone());
        registry.register("reports", "Answered reports to the quota store", metrics.reports.clone());
        metrics
    }
}

struct Reporter {
    config: StoreConfig,
    channel: &'static str,
    clients: Box<ClientsInForce>,
    started: Instant,
    sharing: Arc<Sharing>,
    metrics: StoreMetrics,
}

/// However the reporter ends, no request goes on waiting for it.
impl Drop for Reporter {
    fn drop(&mut self) {
        self.sharing.set_up(false);
    }
}

/// What the store is to hear about a quota, at least.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It has heard of everything but the unreported requests.
    ByStore,
    /// It may have missed any number of requests, or have forgotten all of them.
    HereOnly,
}

impl Reporter {
    async fn run(self) {
        let connection =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT_TIMEOUT)).set_response_timeout(Some(self.config.timeout));
        let mut said = false;
        loop {
            let connecting = self.config.client.get_multiplexed_async_connection_with_config(&connection);
            // The library bounds the connecting itself, not what it says to the store afterwards.
            let failure = match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
                Ok(Ok(connection)) => self.serve(connection, &mut said).await,
                Ok(Err(error)) => error,
                Err(_) => io::Error::from(io::ErrorKind::TimedOut).into(),
            };
            self.sharing.set_up(false);
            self.metrics.up.set(0);
            self.metrics.errors.inc();
            // Once per outage: the metric counts the attempts.
            if !std::mem::replace(&mut said, true) {
                tracing::warn!(error = %failure, "the quota store is away: each process keeps to its part of the quotas");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Reports until the store fails to answer; returns how.
    async fn serve(&self, mut connection: MultiplexedConnection, said: &mut bool) -> redis::RedisError {
        let mut known = Known::HereOnly;
        loop {
            if let Err(failure) = self.report(&mut connection, known).await {
                return failure;
            }
            self.metrics.reports.inc();
            if known == Known::HereOnly {
                known = Known::ByStore;
                self.metrics.up.set(1);
                if std::mem::take(said) {
                    tracing::info!("the quota store is back");
                }
            }
            self.sharing.set_up(true);
            // Nobody wants one: the next is due by the clock.
            let _ = tokio::time::timeout(self.config.report_every, self.sharing.report_wanted()).await;
        }
    }

    async fn report(&self, connection: &mut MultiplexedConnection, known: Known) -> RedisResult<()> {
        let clients = (self.clients)();
        let quotas: Vec<_> = clients
            .all()
            .flat_map(|client| {
                client.quotas.limits().iter().map(|limit| (key(self.channel, &client.id, &limit.name, &limit.quota), &*limit.quota))
            })
            .collect();
        // Without any quota the store is asked all the same, so that the metric is true.
        for some in quotas.chunks(QUOTAS_AT_ONCE).chain(quotas.is_empty().then_some(&quotas[..])) {
            self.report_some(connection, some, known).await?;
        }
        Ok(())
    }

    async fn report_some(&self, connection: &mut MultiplexedConnection, quotas: &[(String, &Quota)], known: Known) -> RedisResult<()> {
        let mut command = redis::cmd("EVAL");
        command.arg(SCRIPT).arg(quotas.len());
        for (key, _) in quotas {
            command.arg(key);
        }
        let now = self.now();
        let mut reported = Vec::with_capacity(quotas.len());
        for (_, quota) in quotas {
            let (count, cost) = quota.unreported();
            let (cost, least) = match known {
                Known::ByStore => (cost, 0),
                Known::HereOnly => (0, quota.backlog(now)),
            };
            command.arg(cost.div_ceil(1_000)).arg(least.div_ceil(1_000));
            reported.push(count);
        }
        let ahead: Vec<u64> = command.query_async(connection).await?;
        for (((_, quota), ahead), reported) in quotas.iter().zip(ahead).zip(reported) {
            quota.heard(self.now(), ahead.saturating_mul(1_000), reported);
        }
        Ok(())
    }

    fn now(&self) -> u64 {
        nanoseconds(self.started.elapsed())
    }
}

/// A quota that allows something else is counted anew, as in a process of its own.
fn key(channel: &str, client: &str, name: &str, quota: &Quota) -> String {
    format!("tmf666-gateway:quota:{channel}:{client}:{name}:{}/{}", quota.requests(), quota.period().as_millis())
}
