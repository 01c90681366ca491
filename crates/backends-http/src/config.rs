//! The configuration that every billing system has in common.

use std::path::PathBuf;
use std::time::Duration;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use serde::Deserialize;

use crate::tls;

/// How one billing system is reached, and how much of it one process may use.
///
/// A backend's own configuration holds one of these under the key `http`, beside the keys that only that system has
/// (this project's own contract). Unknown keys are refused. Every duration is in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemConfig {
    /// `http://` or `https://host[:port][/prefix]`; neither user nor query. The paths of the interface are appended to the prefix.
    pub base_url: String,
    /// PEM file with the only authorities that may vouch for the system. Without it: those that this machine trusts. For `https` only.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// PEM file with the certificate that we show to the system, and the chain to its authority. For `https` only.
    #[serde(default)]
    pub client_certificate_file: Option<PathBuf>,
    /// PEM file with the private key of that certificate.
    #[serde(default)]
    pub client_key_file: Option<PathBuf>,
    /// `http://host:port` of a proxy that is asked to CONNECT to the system. Variables like `HTTPS_PROXY` mean nothing.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Longest time for one connection to come up: name, TCP, proxy, TLS. 1 to 60,000; default 1,000.
    #[serde(default = "defaults::connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Longest time for one attempt, connecting included. The caller's own deadline may be shorter. 1 to 300,000; default 5,000.
    #[serde(default = "defaults::timeout_ms")]
    pub timeout_ms: u64,
    /// How long a connection without traffic stays open. 0 to 600,000 (0 keeps none); default 60,000.
    ///
    /// Keep it below the system's own limit, so that it is this side that closes.
    #[serde(default = "defaults::idle_timeout_ms")]
    pub idle_timeout_ms: u64,
    /// Idle connections that each worker keeps. 0 to 10,000; default 256.
    #[serde(default = "defaults::max_idle_connections")]
    pub max_idle_connections: usize,
    /// Further attempts after a failed one, for reads and for writes that may be repeated. 0 to 5; default 2.
    #[serde(default = "defaults::retries")]
    pub retries: u32,
    /// Upper bound of the pause before the first repetition; it doubles for each further one, and the pause really made
    /// is a random part of it. 1 to 10,000; default 50.
    #[serde(default = "defaults::retry_backoff_ms")]
    pub retry_backoff_ms: u64,
    /// Repetitions allowed per hundred calls, so that a system in trouble does not get its load multiplied. 0 to 100; default 20.
    #[serde(default = "defaults::retry_budget_percent")]
    pub retry_budget_percent: u32,
    /// Calls in flight at once, over all workers. 1 to 100,000; default 512.
    #[serde(default = "defaults::max_concurrent")]
    pub max_concurrent: usize,
    /// Calls that may wait for one of the places above; one more is answered "unavailable" at once. 0 to 100,000; default 512.
    #[serde(default = "defaults::max_queued")]
    pub max_queued: usize,
    /// Longest wait for a place. 0 to 60,000; default 1,000.
    #[serde(default = "defaults::queue_timeout_ms")]
    pub queue_timeout_ms: u64,
    /// Failed calls per hundred, within one window, that open the circuit breaker. 0 to 100 (0 switches the breaker off); default 50.
    #[serde(default = "defaults::breaker_failure_percent")]
    pub breaker_failure_percent: u32,
    /// Calls that a window must hold before the percentage means anything. 1 to 100,000; default 20.
    #[serde(default = "defaults::breaker_min_calls")]
    pub breaker_min_calls: u32,
    /// Length of a window. 100 to 600,000; default 10,000.
    #[serde(default = "defaults::breaker_window_ms")]
    pub breaker_window_ms: u64,
    /// How long an open breaker refuses before it lets one call try. 1 to 600,000; default 2,000.
    #[serde(default = "defaults::breaker_open_ms")]
    pub breaker_open_ms: u64,
    /// Whether identical reads at the same time share one call, in each worker; default true.
    #[serde(default = "defaults::single_flight")]
    pub single_flight: bool,
    /// Longest answer body taken from the system, in bytes. 1,024 to 1 GiB; default 8 MiB.
    #[serde(default = "defaults::max_answer_bytes")]
    pub max_answer_bytes: usize,
}

mod defaults {
    pub(super) const fn connect_timeout_ms() -> u64 {
        1_000
    }
    pub(super) const fn timeout_ms() -> u64 {
        5_000
    }
    pub(super) const fn idle_timeout_ms() -> u64 {
        60_000
    }
    pub(super) const fn max_idle_connections() -> usize {
        256
    }
    pub(super) const fn retries() -> u32 {
        2
    }
    pub(super) const fn retry_backoff_ms() -> u64 {
        50
    }
    pub(super) const fn retry_budget_percent() -> u32 {
        20
    }
    pub(super) const fn max_concurrent() -> usize {
        512
    }
    pub(super) const fn max_queued() -> usize {
        512
    }
    pub(super) const fn queue_timeout_ms() -> u64 {
        1_000
    }
    pub(super) const fn breaker_failure_percent() -> u32 {
        50
    }
    pub(super) const fn breaker_min_calls() -> u32 {
        20
    }
    pub(super) const fn breaker_window_ms() -> u64 {
        10_000
    }
    pub(super) const fn breaker_open_ms() -> u64 {
        2_000
    }
    pub(super) const fn single_flight() -> bool {
        true
    }
    pub(super) const fn max_answer_bytes() -> usize {
        8 * 1024 * 1024
    }
}

/// One mistake in a configuration: which key, and why its value cannot be used. Never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Dotted key, as in `systems.csg.http.base_url`.
    pub key: String,
    /// What is expected instead.
    pub reason: String,
}

impl SystemConfig {
    /// A system at `base_url` with every other key at its default.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            ca_file: None,
            client_certificate_file: None,
            client_key_file: None,
            proxy: None,
            connect_timeout_ms: defaults::connect_timeout_ms(),
            timeout_ms: defaults::timeout_ms(),
            idle_timeout_ms: defaults::idle_timeout_ms(),
            max_idle_connections: defaults::max_idle_connections(),
            retries: defaults::retries(),
            retry_backoff_ms: defaults::retry_backoff_ms(),
            retry_budget_percent: defaults::retry_budget_percent(),
            max_concurrent: defaults::max_concurrent(),
            max_queued: defaults::max_queued(),
            queue_timeout_ms: defaults::queue_timeout_ms(),
            breaker_failure_percent: defaults::breaker_failure_percent(),
            breaker_min_calls: defaults::breaker_min_calls(),
            breaker_window_ms: defaults::breaker_window_ms(),
            breaker_open_ms: defaults::breaker_open_ms(),
            single_flight: defaults::single_flight(),
            max_answer_bytes: defaults::max_answer_bytes(),
        }
    }

    /// Adds every mistake to `problems`, each under `prefix` (`systems.csg.http`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        let mut mistake = |(key, reason): tls::Mistake| problems.push(ConfigProblem { key: format!("{prefix}.{key}"), reason });
        match BaseUrl::parse(&self.base_url) {
            Ok(base) if base.scheme == Scheme::HTTPS => {
                let _ = tls::client_config(self).map_err(&mut mistake);
            }
            Ok(_) => self.tls_keys().into_iter().for_each(|key| mistake((key, "is for a base_url with https".to_owned()))),
            Err(reason) => mistake(("base_url", reason.to_owned())),
        }
        if let Some(reason) = self.proxy.as_ref().and_then(|proxy| proxy_address(proxy).err()) {
            mistake(("proxy", reason.to_owned()));
        }
        let mut range = |key: &str, value: u64, least: u64, most: u64| {
            if value < least || value > most {
                problems.push(ConfigProblem { key: format!("{prefix}.{key}"), reason: format!("{value} is outside {least} to {most}") });
            }
        };
        range("connect_timeout_ms", self.connect_timeout_ms, 1, 60_000);
        range("timeout_ms", self.timeout_ms, 1, 300_000);
        range("idle_timeout_ms", self.idle_timeout_ms, 0, 600_000);
        range("max_idle_connections", self.max_idle_connections as u64, 0, 10_000);
        range("retries", self.retries.into(), 0, 5);
        range("retry_backoff_ms", self.retry_backoff_ms, 1, 10_000);
        range("retry_budget_percent", self.retry_budget_percent.into(), 0, 100);
        range("max_concurrent", self.max_concurrent as u64, 1, 100_000);
        range("max_queued", self.max_queued as u64, 0, 100_000);
        range("queue_timeout_ms", self.queue_timeout_ms, 0, 60_000);
        range("breaker_failure_percent", self.breaker_failure_percent.into(), 0, 100);
        range("breaker_min_calls", self.breaker_min_calls.into(), 1, 100_000);
        range("breaker_window_ms", self.breaker_window_ms, 100, 600_000);
        range("breaker_open_ms", self.breaker_open_ms, 1, 600_000);
        range("max_answer_bytes", self.max_answer_bytes as u64, 1_024, 1 << 30);
    }

    fn tls_keys(&self) -> Vec<&'static str> {
        let keys = [
            ("ca_file", &self.ca_file),
            ("client_certificate_file", &self.client_certificate_file),
            ("client_key_file", &self.client_key_file),
        ];
        keys.into_iter().filter(|(_, value)| value.is_some()).map(|(key, _)| key).collect()
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.idle_timeout_ms)
    }
}

/// Where a proxy listens.
pub(crate) fn proxy_address(text: &str) -> Result<Uri, &'static str> {
    let base = BaseUrl::parse(text)?;
    if base.scheme != Scheme::HTTP || !base.prefix.is_empty() {
        return Err("http://host:port is expected");
    }
    text.parse().map_err(|_| "not a URL")
}

/// A base URL, taken apart once so that a call only has to put its path behind it.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    /// Without a slash at its end; empty when the URL has no path.
    pub(crate) prefix: String,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let parts = text.parse::<Uri>().map_err(|_| "not a URL")?.into_parts();
        let scheme = parts.scheme.ok_or("a URL with its scheme is expected, as in http://host:port")?;
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err("the scheme must be http or https");
        }
        let authority = parts.authority.ok_or("the host is missing")?;
        if authority.as_str().contains('@') {
            return Err("credentials do not belong into the URL");
        }
        let path = parts.path_and_query;
        if path.as_ref().is_some_and(|path| path.query().is_some()) {
            return Err("a query does not belong into a base URL");
        }
        let prefix = path.map_or(String::new(), |path| path.path().trim_end_matches('/').to_owned());
        Ok(Self { scheme, authority, prefix })
    }

    /// Scheme and authority: where connections go.
    pub(crate) fn origin(&self) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_static("/"));
        Uri::from_parts(parts).expect("all three parts are there")
    }
}
