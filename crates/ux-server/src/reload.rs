//! Taking in a changed configuration file without stopping: clients and their quotas, routes, billing systems, our
//! certificate and the authorities of callers.
//!
//! A file with any mistake changes nothing. Requests in progress end with what they began with, connections stay open.
//!
//! | name | labels | what |
//! |---|---|---|
//! | `config_reloads_total` | outcome | files that were `applied`, and files that were `refused` for their mistakes |

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use backends_http::{ConfigProblem, UpstreamMetrics};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use serde::Serialize;

use crate::access_log::Timestamp;
use crate::channel::Channel;
use crate::config::Checked;
use crate::fingerprint::Fingerprint;
use crate::metrics::Instruments;
use crate::server::{InForce, Worker};

/// What the channel is built of: if none of it has changed, its connections and tokens stay.
const OF_THE_CHANNEL: [&str; 4] = ["server.public_base_url", "routing", "tax_identifier", "systems"];

/// What else is exchanged.
const OF_THE_EDGE: [&str; 3] = ["clients", "server.request_timeout_ms", "server.tls"];

/// What became of the file the last time it was read again.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct LastReload {
    pub(crate) at: Timestamp,
    /// `applied` or `refused`.
    pub(crate) outcome: &'static str,
}

/// Remembers the last reload for whoever asks.
#[derive(Debug, Default)]
pub(crate) struct Reloads(Mutex<Option<LastReload>>);

impl Reloads {
    pub(crate) fn last(&self) -> Option<LastReload> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, outcome: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(LastReload { at: Timestamp::now(), outcome });
    }
}

/// What of a running server can be exchanged.
pub(crate) struct Reload<C: Channel> {
    workers: Vec<Arc<Worker<C>>>,
    upstream: UpstreamMetrics,
    at_start: Fingerprint,
    in_force: Fingerprint,
    applied: Counter,
    refused: Counter,
}

impl<C: Channel> Reload<C> {
    pub(crate) fn register(registry: &mut Registry, upstream: UpstreamMetrics, workers: Vec<Arc<Worker<C>>>, said: Fingerprint) -> Self {
        let reloads = Family::<[(&str, &str); 1], Counter>::default();
        let outcome = |outcome| reloads.get_or_create_owned(&[("outcome", outcome)]);
        let (applied, refused) = (outcome("applied"), outcome("refused"));
        registry.register("config_reloads", "Configuration files read again", reloads);
        Self { workers, upstream, at_start: said.clone(), in_force: said, applied, refused }
    }

    /// Has `read` read the configuration, and exchanges what has changed.
    ///
    /// # Errors
    /// Those of `read`, and what `mistakes` makes of those in the channel; then everything is as it was.
    pub(crate) fn read_again<E>(
        &mut self,
        read: impl FnOnce(&UpstreamMetrics) -> Result<Checked<C>, E>,
        mistakes: impl FnOnce(Vec<ConfigProblem>) -> E,
    ) -> Result<(), E> {
        // Metrics of its own, so that a file with mistakes leaves no trace in ours.
        let outcome = read(&Instruments::new().upstream).and_then(|checked| self.exchange_with(checked).map_err(mistakes));
        let (word, counter) = if outcome.is_ok() { ("applied", &self.applied) } else { ("refused", &self.refused) };
        if let Some(worker) = self.workers.first() {
            worker.shared.reloads.note(word);
        }
        counter.inc();
        outcome
    }

    fn exchange_with(&mut self, checked: Checked<C>) -> Result<(), Vec<ConfigProblem>> {
        let said = checked.fingerprint.clone();
        let changed = said.differing(&self.in_force);
        let is_new = changed.iter().any(|key| is_in(key, &OF_THE_CHANNEL));
        let channel = is_new.then(|| checked.build_again(&self.upstream)).transpose()?;
        let waiting: BTreeSet<&str> = said.differing(&self.at_start).into_iter().filter(|key| !is_exchanged(key)).collect();
        let changed: Vec<&str> = changed.into_iter().filter(|key| is_exchanged(key)).collect();
        self.exchange(checked, channel.as_ref());
        tracing::info!(changed = changed.join(", "), "the configuration was read again and is in force");
        if !waiting.is_empty() {
            let keys = Vec::from_iter(waiting).join(", ");
            tracing::warn!(keys, "these keys differ from what the process was started with and wait for a restart");
        }
        self.in_force = said;
        Ok(())
    }

    fn exchange(&self, checked: Checked<C>, channel: Option<&C>) {
        let mut clients = checked.clients;
        if let Some(worker) = self.workers.first() {
            clients.go_on_from(&worker.in_force.load().clients);
        }
        let clients = Arc::new(clients);
        for worker in &self.workers {
            let before = worker.in_force.load_full();
            worker.in_force.store(Arc::new(InForce {
                channel: channel.map_or_else(|| Arc::clone(&before.channel), |channel| Arc::new(channel.for_worker())),
                clients: Arc::clone(&clients),
                request_timeout: checked.request_timeout,
                tls: checked.tls.clone(),
            }));
        }
    }
}

fn is_exchanged(key: &str) -> bool {
    is_in(key, &OF_THE_CHANNEL) || is_in(key, &OF_THE_EDGE)
}

fn is_in(key: &str, sections: &[&str]) -> bool {
    sections.iter().any(|section| key.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '['])))
}
