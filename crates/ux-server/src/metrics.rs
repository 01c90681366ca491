//! What every request adds to the metrics. Labels are bounded: operations, units and statuses out of fixed lists.
//!
//! | name | labels | what |
//! |---|---|---|
//! | `http_requests_total` | operation, unit, status | answered requests; `none` where there was no such operation or unit |
//! | `http_request_duration_seconds` | operation | from the request's head to the answer, handed to the connection |
//! | `http_requests_in_flight` | | requests being worked on |
//! | `http_connections` | | open connections of callers |
//! | `credential_failures_total` | | requests with an unknown `client_id`, a wrong secret or a wrong certificate |
//! | `http_connections_resting` | | of these, the ones that were silent for a second and hold no buffers |
//! | `tls_handshakes_failed_total` | | connections that ended before they spoke HTTP: no TLS, no certificate that we accept, or too slow |
//! | `http_connections_limit` | | as many may be open |
//! | `http_workers` | | threads that serve |
//! | `log_lines_dropped_total` | | access log lines lost because nobody read the log fast enough |

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use backends_http::{Durations, UpstreamMetrics};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;
use tmf666_model::codes::{BusinessUnit, CodeTable as _};

/// Where everything is counted, and the part of it that billing systems count in.
pub(crate) struct Instruments {
    pub(crate) registry: Registry,
    pub(crate) upstream: UpstreamMetrics,
}

impl Instruments {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::default();
        let upstream = UpstreamMetrics::register(&mut registry);
        Self { registry, upstream }
    }
}

/// Statuses that this server answers; 499 stands for a caller who went away.
const STATUSES: [u16; 16] = [200, 400, 401, 403, 404, 405, 408, 413, 414, 429, 431, 499, 500, 501, 503, 0];

/// From one to ten thousand milliseconds, in microseconds.
const BUCKETS: [u64; 13] =
    [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000];

/// Where a request is counted: a number among the channel's operations, or none.
pub(crate) type OperationIndex = Option<usize>;

/// The handles that requests use; they look nothing up.
#[derive(Debug)]
pub(crate) struct RequestMetrics {
    counts: Arc<Counts>,
    durations: Vec<Durations>,
    pub(crate) in_flight: Gauge,
    pub(crate) connections: Gauge,
    pub(crate) resting_connections: Gauge,
    pub(crate) handshakes_failed: Counter,
    pub(crate) credential_failures: Counter,
    pub(crate) log_lines_dropped: Counter,
}

/// What the process was set up for, so that an alert can say how near to it the process is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    pub(crate) connections: usize,
    pub(crate) workers: usize,
}

impl RequestMetrics {
    pub(crate) fn register(registry: &mut Registry, operations: Vec<&'static str>, capacity: Capacity) -> Self {
        let labels: Vec<_> = operations.into_iter().chain(["none"]).collect();
        let family = Family::<[(&str, &str); 1], Durations, fn() -> Durations>::new_with_constructor(|| Durations::new(&BUCKETS));
        let durations = labels.iter().map(|operation| family.get_or_create_owned(&[("operation", operation)])).collect();
        let counts = Arc::new(Counts::new(labels));
        let metrics = Self {
            counts: Arc::clone(&counts),
            durations,
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            resting_connections: Gauge::default(),
            handshakes_failed: Counter::default(),
            credential_failures: Counter::default(),
            log_lines_dropped: Counter::default(),
        };
        registry.register_collector(Box::new(counts));
        registry.register("http_request_duration_seconds", "Time from a request's head to its answer", family);
        registry.register("http_requests_in_flight", "Requests being worked on", metrics.in_flight.clone());
        registry.register("http_connections", "Open connections of callers", metrics.connections.clone());
        registry.register("credential_failures", "Requests with wrong credentials", metrics.credential_failures.clone());
        registry.register(
            "http_connections_resting",
            "Open connections of callers that are silent and hold no buffers",
            metrics.resting_connections.clone(),
        );
        registry.register("tls_handshakes_failed", "Connections that ended in the TLS handshake", metrics.handshakes_failed.clone());
        let constant = |number: usize| ConstGauge::new(u64::try_from(number).unwrap_or(u64::MAX));
        registry.register("http_connections_limit", "As many connections of callers may be open", constant(capacity.connections));
        registry.register("http_workers", "Threads that serve", constant(capacity.workers));
        registry.register(
            "log_lines_dropped",
            "Access log lines lost because nobody read the log fast enough",
            metrics.log_lines_dropped.clone(),
        );
        metrics
    }

    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals { requests: 0, client_errors: 0, server_errors: 0 };
        for (at, cell) in self.counts.cells.iter().enumerate() {
            let count = cell.load(Ordering::Relaxed);
            totals.requests += count;
            match STATUSES[at % STATUSES.len()] {
                400..=499 => totals.client_errors += count,
                500..=599 => totals.server_errors += count,
                _ => {}
            }
        }
        totals
    }

    /// The operation's name, `none` for none.
    pub(crate) fn operation_name(&self, operation: OperationIndex) -> &'static str {
        self.counts.operations[operation.unwrap_or(self.durations.len() - 1)]
    }

    /// Counts one request that has been answered, or that nobody waits for any more.
    pub(crate) fn answered(&self, operation: OperationIndex, unit: Option<&BusinessUnit>, status: u16, time: Duration) {
        let operation = operation.unwrap_or(self.durations.len() - 1);
        self.counts.of(operation, unit, status).fetch_add(1, Ordering::Relaxed);
        self.durations[operation].observe(time);
    }
}

/// Requests over all operations and units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) requests: u64,
    /// 4xx, callers who went away among them.
    pub(crate) client_errors: u64,
    /// 5xx.
    pub(crate) server_errors: u64,
}

impl Totals {
    pub(crate) fn since(self, earlier: &Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(earlier.requests),
            client_errors: self.client_errors.saturating_sub(earlier.client_errors),
            server_errors: self.server_errors.saturating_sub(earlier.server_errors),
        }
    }
}

/// One number for each operation, unit and status.
struct Counts {
    operations: Vec<&'static str>,
    cells: Vec<AtomicU64>,
}

impl Counts {
    fn new(operations: Vec<&'static str>) -> Self {
        let size = operations.len() * Self::units() * STATUSES.len();
        Self { operations, cells: (0..size).map(|_| AtomicU64::new(0)).collect() }
    }

    /// The known units and "none".
    fn units() -> usize {
        BusinessUnit::known().len() + 1
    }

    fn of(&self, operation: usize, unit: Option<&BusinessUnit>, status: u16) -> &AtomicU64 {
        let known = BusinessUnit::known();
        let unit = unit.and_then(|unit| known.iter().position(|known| known == unit)).unwrap_or(known.len());
        let status = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len() - 1);
        &self.cells[(operation * Self::units() + unit) * STATUSES.len() + status]
    }
}

impl Collector for Counts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut requests = encoder.encode_descriptor("http_requests", "Answered requests", None, MetricType::Counter)?;
        let units = BusinessUnit::known().iter().map(Some).chain([None]);
        for (index, operation) in self.operations.iter().enumerate() {
            for unit in units.clone() {
                for status in STATUSES {
                    let count = self.of(index, unit, status).load(Ordering::Relaxed);
                    if count > 0 {
                        let unit = unit.map_or("none", |unit| unit.as_str());
                        let status = status.to_string();
                        let labels = [("operation", *operation), ("unit", unit), ("status", status.as_str())];
                        ConstCounter::new(count).encode(requests.encode_family(&labels)?)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counts").field("operations", &self.operations).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_counted_by_operation_unit_and_status() {
        let mut registry = Registry::default();
        let metrics = RequestMetrics::register(&mut registry, vec!["accounts"], Capacity { connections: 7, workers: 2 });
        metrics.answered(Some(0), Some(&BusinessUnit::Pr), 200, Duration::from_millis(3));
        metrics.answered(Some(0), Some(&BusinessUnit::Pr), 200, Duration::from_millis(3));
        metrics.answered(None, None, 404, Duration::ZERO);
        assert_eq!(metrics.totals(), Totals { requests: 3, client_errors: 1, server_errors: 0 });
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            r#"http_requests_total{operation="accounts",unit="PR",status="200"} 2"#,
            r#"http_requests_total{operation="none",unit="none",status="404"} 1"#,
            r#"http_request_duration_seconds_count{operation="accounts"} 2"#,
            "http_connections_limit 7",
            "http_workers 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }
}
