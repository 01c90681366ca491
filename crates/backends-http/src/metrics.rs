//! What is counted about the calls to billing systems.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::condition::Conditions;
use crate::durations::Durations;
use crate::error::Outcome;
use crate::health::Health;
use crate::system;

/// Upper bounds of the latency buckets, in microseconds.
const BUCKETS: [u64; 14] =
    [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SystemLabel {
    system: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    system: &'static str,
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    system: &'static str,
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TableLabels {
    system: &'static str,
    table: &'static str,
}

/// The metrics of all billing systems of one process. A second [`System`](crate::System) of the same name goes on counting
/// where the first one stands, and shares its breaker, bulkhead and retry budget if its configuration is the same.
///
/// | name | labels | |
/// |---|---|---|
/// | `upstream_calls_total` | system, operation, outcome | calls, repetitions not counted on their own |
/// | `upstream_call_duration_seconds` | system, operation | histogram, from the first attempt to the last |
/// | `upstream_retries_total` | system, operation | repetitions |
/// | `upstream_in_flight`, `upstream_queued` | system | attempts under way, calls waiting for a place |
/// | `upstream_breaker_state` | system | 0 closed, 1 half-open, 2 open |
/// | `upstream_connections` , `upstream_connections_opened_total` | system | open now, opened ever |
/// | `upstream_shared_reads_total` | system | reads that waited for the answer to another one like them |
/// | `upstream_unknown_codes_total` | system, table | codes that were in none of our tables |
/// | `upstream_api_usage`, `upstream_api_limit` | system | requests that a system with a daily limit has counted, and the limit |
#[derive(Debug, Clone)]
pub struct UpstreamMetrics {
    calls: Family<CallLabels, Counter>,
    duration: Family<OperationLabels, Durations, fn() -> Durations>,
    retries: Family<OperationLabels, Counter>,
    in_flight: Family<SystemLabel, Gauge>,
    queued: Family<SystemLabel, Gauge>,
    breaker: Family<SystemLabel, Gauge>,
    connections: Family<SystemLabel, Gauge>,
    connections_opened: Family<SystemLabel, Counter>,
    shared_reads: Family<SystemLabel, Counter>,
    unknown_codes: Family<TableLabels, Counter>,
    api_usage: Family<SystemLabel, Gauge>,
    api_limit: Family<SystemLabel, Gauge>,
    systems: Arc<Mutex<Vec<Weak<system::Shared>>>>,
    pub(crate) conditions: Conditions,
}

/// How much of its daily limit a system says that we have used up.
#[derive(Debug, Clone)]
pub struct ApiUsage {
    used: Gauge,
    limit: Gauge,
}

impl ApiUsage {
    /// Takes both figures from an answer.
    pub fn set(&self, used: i64, limit: i64) {
        self.used.set(used);
        self.limit.set(limit);
    }
}

impl UpstreamMetrics {
    /// Registers all of them; once per registry.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            calls: Family::default(),
            duration: Family::new_with_constructor(|| Durations::new(&BUCKETS)),
            retries: Family::default(),
            in_flight: Family::default(),
            queued: Family::default(),
            breaker: Family::default(),
            connections: Family::default(),
            connections_opened: Family::default(),
            shared_reads: Family::default(),
            unknown_codes: Family::default(),
            api_usage: Family::default(),
            api_limit: Family::default(),
            systems: Arc::default(),
            conditions: Conditions::default(),
        };
        let registry = registry.sub_registry_with_prefix("upstream");
        registry.register("calls", "Calls to a billing system by outcome", metrics.calls.clone());
        registry.register("call_duration_seconds", "Time of a call with its repetitions", metrics.duration.clone());
        registry.register("retries", "Repeated attempts", metrics.retries.clone());
        registry.register("in_flight", "Attempts under way", metrics.in_flight.clone());
        registry.register("queued", "Calls waiting for a place", metrics.queued.clone());
        registry.register("breaker_state", "Circuit breaker: 0 closed, 1 half-open, 2 open", metrics.breaker.clone());
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register("connections_opened", "Connections opened", metrics.connections_opened.clone());
        registry.register("shared_reads", "Reads that waited for the answer to another one like them", metrics.shared_reads.clone());
        registry.register("unknown_codes", "Codes that none of our tables has", metrics.unknown_codes.clone());
        registry.register("api_usage", "Requests that a system with a daily limit has counted", metrics.api_usage.clone());
        registry.register("api_limit", "The daily limit of such a system", metrics.api_limit.clone());
        metrics
    }

    /// The gauges of a system that has a daily limit and tells how much of it is used.
    pub fn api_usage(&self, system: &'static str) -> ApiUsage {
        let label = SystemLabel { system };
        ApiUsage { used: self.api_usage.get_or_create(&label).clone(), limit: self.api_limit.get_or_create(&label).clone() }
    }

    /// How every system that is in use looks from here, by name.
    pub fn health(&self) -> Vec<Health> {
        let systems = self.systems.lock().unwrap_or_else(PoisonError::into_inner);
        let mut health: Vec<_> = systems.iter().filter_map(Weak::upgrade).map(|system| system.health()).collect();
        health.sort_by_key(|health| health.system);
        health
    }

    /// Weak, so that a system that is used no more is not told of any more. Of two with one name the newer counts: requests
    /// that began before the configuration was read again may still be using the older one.
    pub(crate) fn watch(&self, system: &Arc<system::Shared>) {
        let mut systems = self.systems.lock().unwrap_or_else(PoisonError::into_inner);
        systems.retain(|known| known.upgrade().is_some_and(|known| known.name != system.name));
        systems.push(Arc::downgrade(system));
    }

    pub(crate) fn used_of_limit(&self, system: &'static str) -> Option<(i64, i64)> {
        let label = SystemLabel { system };
        Some((self.api_usage.get(&label)?.get(), self.api_limit.get(&label)?.get()))
    }

    /// Counts a code that `table` does not have. The code itself is not kept: it may be anything.
    pub fn unknown_code(&self, system: &'static str, table: &'static str) {
        self.unknown_codes.get_or_create(&TableLabels { system, table }).inc();
    }

    pub(crate) fn operation(&self, system: &'static str, operation: &'static str) -> OperationMetrics {
        let labels = OperationLabels { system, operation };
        OperationMetrics {
            operation,
            outcomes: Outcome::ALL.map(|outcome| {
                let labels = CallLabels { system, operation, outcome: outcome.label() };
                self.calls.get_or_create(&labels).clone()
            }),
            duration: self.duration.get_or_create(&labels).clone(),
            retries: self.retries.get_or_create(&labels).clone(),
        }
    }

    pub(crate) fn in_flight(&self, system: &'static str) -> Gauge {
        self.in_flight.get_or_create(&SystemLabel { system }).clone()
    }

    pub(crate) fn queued(&self, system: &'static str) -> Gauge {
        self.queued.get_or_create(&SystemLabel { system }).clone()
    }

    pub(crate) fn shared_reads(&self, system: &'static str) -> Counter {
        self.shared_reads.get_or_create_owned(&SystemLabel { system })
    }

    pub(crate) fn breaker(&self, system: &'static str) -> Gauge {
        self.breaker.get_or_create(&SystemLabel { system }).clone()
    }

    pub(crate) fn connections(&self, system: &'static str) -> (Gauge, Counter) {
        let label = SystemLabel { system };
        (self.connections.get_or_create(&label).clone(), self.connections_opened.get_or_create(&label).clone())
    }
}

/// The counters of one operation, found once so that a call only increments them.
#[derive(Debug)]
pub(crate) struct OperationMetrics {
    pub(crate) operation: &'static str,
    outcomes: [Counter; Outcome::ALL.len()],
    pub(crate) duration: Durations,
    pub(crate) retries: Counter,
}

impl OperationMetrics {
    /// Calls that ended, and those of them that say something bad about the system or our way to it.
    pub(crate) fn calls_and_failures(&self) -> (u64, u64) {
        let calls = self.outcomes.iter().map(Counter::get).sum();
        let failures = Outcome::ALL.into_iter().filter(|outcome| outcome.is_failure()).map(|outcome| self.outcomes[outcome as usize].get());
        (calls, failures.sum())
    }

    pub(crate) fn finished(&self, outcome: Outcome, took: Duration) {
        self.outcomes[outcome as usize].inc();
        self.duration.observe(took);
    }
}
