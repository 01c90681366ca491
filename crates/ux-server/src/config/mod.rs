//! The configuration file: what it may say, and every mistake that it can hold.

mod clients;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use backends_http::{ConfigProblem, UpstreamMetrics};
use serde::Deserialize;
use tokio_rustls::TlsAcceptor;

pub(crate) use clients::ClientSection;
use clients::check_clients;

use crate::access_log::LogFormat;
use crate::admin::AdminSection;
use crate::channel::{Channel, Setup};
use crate::clients::Clients;
use crate::diagnostics::{self, LogLevel};
use crate::environment::{Environment, Overrides};
use crate::fingerprint::Fingerprint;
use crate::limits::Limits;
use crate::mistakes;
use crate::quota::{StoreConfig, StoreSection};
use crate::routing::Routing;
use crate::tax_identifier::{TaxIdentifierConfig, TaxIdentifiers};
use crate::tls::TlsSection;
use crate::trace::{TracingConfig, TracingSection};

/// A configuration file; `S` is the channel's `[systems]` section. Unknown keys are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config<S> {
    pub(crate) server: ServerSection,
    #[serde(default)]
    pub(crate) log: LogSection,
    /// The listener for whoever operates the process; none if left out.
    #[serde(default)]
    pub(crate) admin: Option<AdminSection>,
    /// Where the spans of requests go; nowhere if left out.
    #[serde(default)]
    pub(crate) tracing: Option<TracingSection>,
    /// Who may call.
    #[serde(default)]
    pub(crate) clients: Vec<ClientSection>,
    /// Where several processes count their quotas together; each on its own if left out.
    #[serde(default)]
    pub(crate) quota_store: Option<StoreSection>,
    /// Cells that differ from the channel's own table: `PR = { FIXED = "csg" }`.
    #[serde(default)]
    pub(crate) routing: toml::Table,
    /// How tax identifiers travel; opaque if left out. Only channels that have any take this section.
    #[serde(default)]
    pub(crate) tax_identifier: Option<TaxIdentifierConfig>,
    #[serde(default = "no_systems")]
    pub(crate) systems: Option<S>,
}

fn no_systems<S>() -> Option<S> {
    None
}

/// `[server]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerSection {
    /// Address and port, as in `0.0.0.0:8081`.
    pub(crate) listen: String,
    /// Threads that serve; as many as there are cores if left out. 1 to 1,024.
    #[serde(default)]
    pub(crate) workers: Option<usize>,
    /// What every `href` begins with, as in `https://esb.example.com`.
    pub(crate) public_base_url: String,
    /// Longest time for a request, all calls to billing systems together. 10 to 300,000 ms.
    #[serde(default = "defaults::request_timeout_ms")]
    pub(crate) request_timeout_ms: u64,
    /// How long callers still get in after SIGTERM, while `/readyz` says 503 already. 0 to 600,000 ms; 0 if left out.
    #[serde(default)]
    pub(crate) drain_delay_ms: u64,
    /// Longest time to finish what is in progress after that. 0 to 600,000 ms.
    #[serde(default = "defaults::drain_timeout_ms")]
    pub(crate) drain_timeout_ms: u64,
    /// Whether `/docs` and `/openapi.json` are served, which need no credentials. They are if left out.
    #[serde(default = "defaults::docs")]
    pub(crate) docs: bool,
    #[serde(default)]
    pub(crate) limits: Limits,
    /// Callers speak TLS; plain HTTP if left out.
    #[serde(default)]
    pub(crate) tls: Option<TlsSection>,
}

impl ServerSection {
    pub(crate) fn new(listen: String, public_base_url: String) -> Self {
        Self {
            listen,
            workers: None,
            public_base_url,
            request_timeout_ms: defaults::request_timeout_ms(),
            drain_delay_ms: 0,
            drain_timeout_ms: defaults::drain_timeout_ms(),
            docs: defaults::docs(),
            limits: Limits::default(),
            tls: None,
        }
    }
}

/// `[log]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogSection {
    /// `json` or `human`. Access lines go to standard output, everything else to standard error.
    pub(crate) format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace` or `off`, for what is not an access line; `info,backends_http=debug` for
    /// parts of the program.
    pub(crate) level: String,
}

impl Default for LogSection {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".to_owned() }
    }
}

mod defaults {
    pub(super) const fn docs() -> bool {
        true
    }
    pub(super) const fn request_timeout_ms() -> u64 {
        10_000
    }
    pub(super) const fn drain_timeout_ms() -> u64 {
        30_000
    }
}

/// A configuration without mistakes.
pub(crate) struct Checked<C: Channel> {
    pub(crate) listen: SocketAddr,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) workers: usize,
    pub(crate) limits: Limits,
    pub(crate) request_timeout: Duration,
    pub(crate) drain_delay: Duration,
    pub(crate) drain_timeout: Duration,
    pub(crate) docs: bool,
    pub(crate) log_format: LogFormat,
    pub(crate) log_level: LogLevel,
    pub(crate) tracing: Option<TracingConfig>,
    pub(crate) clients: Clients,
    pub(crate) quota_store: Option<StoreConfig>,
    pub(crate) routing: Routing<C::System>,
    pub(crate) systems: C::Systems,
    pub(crate) public_base_url: String,
    pub(crate) tax_identifiers: TaxIdentifiers,
    pub(crate) channel: C,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) fingerprint: Fingerprint,
}

impl<C: Channel> Checked<C> {
    /// The same channel once more, counting its calls in `upstream`.
    pub(crate) fn build_again(&self, upstream: &UpstreamMetrics) -> Result<C, Vec<ConfigProblem>> {
        C::build(Setup {
            systems: &self.systems,
            routing: &self.routing,
            public_base_url: &self.public_base_url,
            metrics: upstream,
            tax_identifiers: &self.tax_identifiers,
        })
    }
}

/// Reads and checks the text of a configuration file, before which `environment` goes; the channel counts its calls in
/// `upstream`.
pub(crate) fn read<C: Channel>(
    text: &str,
    environment: &Environment,
    upstream: &UpstreamMetrics,
) -> Result<Checked<C>, Vec<ConfigProblem>> {
    let mut problems = Vec::new();
    let mut document: toml::Table = text.parse().map_err(|error| vec![not_toml(text, &error)])?;
    let mut overrides = Overrides::set(&mut document, C::NAME, environment, &mut problems);
    mistakes::resolve_references(&mut document, environment, &mut problems);
    let fingerprint = Fingerprint::of(&document);
    let checked = match mistakes::read::<Config<C::Systems>>(document, &mut overrides, &mut problems) {
        Some(config) => check(config, problems, upstream),
        None => Err(problems),
    };
    match checked {
        Ok(checked) => Ok(Checked { fingerprint, ..checked }),
        Err(problems) => Err(overrides.name_in(problems)),
    }
}

/// Only where and what, not the line itself: it may hold a secret.
fn not_toml(text: &str, error: &toml::de::Error) -> ConfigProblem {
    let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
    ConfigProblem { key: format!("line {line}"), reason: format!("not TOML: {}", error.message()) }
}

/// Checks what the types cannot say. `problems` are those that reading found.
pub(crate) fn check<C: Channel>(
    config: Config<C::Systems>,
    mut problems: Vec<ConfigProblem>,
    upstream: &UpstreamMetrics,
) -> Result<Checked<C>, Vec<ConfigProblem>> {
    // A part that could not be read was taken out; what that part would have held is not missing.
    let all_read = problems.is_empty();
    let systems = config.systems.unwrap_or_default();
    let (listen, workers) = check_server(&config.server, &mut problems);
    let admin = check_admin(config.admin.as_ref(), listen, &mut problems);
    let log_level = check_level::<C>(&config.log.level, &mut problems);
    let tracing = config.tracing.and_then(|section| section.check(&mut problems));
    let tls = config.server.tls.as_ref().and_then(|tls| tls.acceptor(&mut problems));
    let certificates = config.server.tls.as_ref().is_some_and(TlsSection::asks_for_certificates);
    let clients = check_clients::<C>(config.clients, certificates, &mut problems);
    let quota_store = config.quota_store.and_then(|section| section.checked(&mut problems));
    let mut routing = C::routing();
    let overridden = routing.override_with(&config.routing, C::has_view, &mut problems);
    if all_read {
        routing.require_sections(|system| C::is_configured(&systems, system), &overridden, &mut problems);
    }
    let tax_identifiers = check_tax_identifier::<C>(config.tax_identifier.as_ref(), &mut problems);
    let public_base_url = config.server.public_base_url.trim_end_matches('/').to_owned();
    let built = C::build(Setup {
        systems: &systems,
        routing: &routing,
        public_base_url: &public_base_url,
        metrics: upstream,
        tax_identifiers: &tax_identifiers,
    });
    match (built, listen, log_level) {
        (Ok(channel), Some(listen), Some(log_level)) if problems.is_empty() => Ok(Checked {
            listen,
            admin,
            workers,
            limits: config.server.limits,
            request_timeout: Duration::from_millis(config.server.request_timeout_ms),
            drain_delay: Duration::from_millis(config.server.drain_delay_ms),
            drain_timeout: Duration::from_millis(config.server.drain_timeout_ms),
            docs: config.server.docs,
            log_format: config.log.format,
            log_level,
            tracing,
            clients,
            quota_store,
            routing,
            systems,
            public_base_url,
            tax_identifiers,
            channel,
            tls,
            fingerprint: Fingerprint::default(),
        }),
        (built, ..) => {
            let mut all = Vec::new();
            for problem in problems.into_iter().chain(built.err().unwrap_or_default()) {
                mistakes::report(&mut all, problem);
            }
            Err(all)
        }
    }
}

fn problem(key: impl Into<String>, reason: impl Into<String>) -> ConfigProblem {
    ConfigProblem { key: key.into(), reason: reason.into() }
}

fn check_server(server: &ServerSection, problems: &mut Vec<ConfigProblem>) -> (Option<SocketAddr>, usize) {
    let listen = server.listen.parse().ok();
    if listen.is_none() {
        problems.push(problem("server.listen", "an address and a port are expected, as in 0.0.0.0:8081"));
    }
    let base = server.public_base_url.parse::<http::Uri>();
    let is_base = base.is_ok_and(|url| url.scheme().is_some() && url.host().is_some() && url.query().is_none());
    if !is_base {
        let reason = "an absolute URL without a query is expected, as in https://esb.example.com";
        problems.push(problem("server.public_base_url", reason));
    }
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let workers = server.workers.unwrap_or(cores);
    let limits = &server.limits;
    let in_range = [
        ("workers", workers as u64, 1, 1024),
        ("request_timeout_ms", server.request_timeout_ms, 10, 300_000),
        ("drain_delay_ms", server.drain_delay_ms, 0, 600_000),
        ("drain_timeout_ms", server.drain_timeout_ms, 0, 600_000),
        ("limits.max_uri_bytes", limits.max_uri_bytes as u64, 256, 65_534),
        ("limits.max_head_bytes", limits.max_head_bytes as u64, 8_192, 1_048_576),
        ("limits.max_body_bytes", limits.max_body_bytes as u64, 0, 16_777_216),
        ("limits.head_timeout_ms", limits.head_timeout_ms, 100, 600_000),
        ("limits.body_timeout_ms", limits.body_timeout_ms, 100, 600_000),
        ("limits.idle_timeout_ms", limits.idle_timeout_ms, 100, 3_600_000),
        ("limits.write_timeout_ms", limits.write_timeout_ms, 100, 600_000),
        ("limits.max_connections", limits.max_connections as u64, 1, 1_000_000),
        ("limits.max_streams", u64::from(limits.max_streams), 1, 10_000),
    ];
    for (key, value, least, most) in in_range {
        if value < least || value > most {
            problems.push(problem(format!("server.{key}"), format!("{value} is outside {least} to {most}")));
        }
    }
    (listen, workers)
}

fn check_admin(section: Option<&AdminSection>, callers: Option<SocketAddr>, problems: &mut Vec<ConfigProblem>) -> Option<SocketAddr> {
    let section = section?;
    let listen = section.listen.parse().ok();
    if listen.is_none() {
        problems.push(problem("admin.listen", "an address and a port are expected, as in 127.0.0.1:9091"));
    }
    if listen.is_some_and(|listen: SocketAddr| listen.port() != 0 && Some(listen) == callers) {
        problems.push(problem("admin.listen", "callers are served on this address"));
    }
    listen
}

fn check_level<C: Channel>(level: &str, problems: &mut Vec<ConfigProblem>) -> Option<LogLevel> {
    let known = LogLevel::parse(level, C::NAME);
    if known.is_none() {
        problems.push(problem("log.level", diagnostics::EXPECTED));
    }
    known
}

fn check_tax_identifier<C: Channel>(section: Option<&TaxIdentifierConfig>, problems: &mut Vec<ConfigProblem>) -> TaxIdentifiers {
    let Some(section) = section else {
        return TaxIdentifiers::default();
    };
    if !C::HAS_TAX_IDENTIFIERS {
        problems.push(problem("tax_identifier", format!("{} has no tax identifiers", C::NAME)));
    }
    TaxIdentifiers::new(section).unwrap_or_else(|mistakes| {
        problems.extend(mistakes);
        TaxIdentifiers::default()
    })
}
