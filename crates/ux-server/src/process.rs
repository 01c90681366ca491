//! What the kernel counts of this process, under the names that every Prometheus client uses for it.
//!
//! | name | what |
//! |---|---|
//! | `process_cpu_seconds_total` | processor time of all threads, user and system |
//! | `process_resident_memory_bytes` | memory that is in RAM; not where there is no `/proc` |
//! | `process_start_time_seconds` | when the process started, in seconds since 1970 |

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use rustix::time::{ClockId, clock_gettime};

#[derive(Debug)]
struct Process {
    started: f64,
}

pub(crate) fn register(registry: &mut Registry) {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    registry.register_collector(Box::new(Process { started }));
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut encode = |name: &str, help: &str, unit: &Unit, kind, metric: &dyn EncodeMetric| {
            metric.encode(encoder.encode_descriptor(name, help, Some(unit), kind)?)
        };
        encode(
            "process_cpu",
            "Processor time of all threads",
            &Unit::Seconds,
            MetricType::Counter,
            &ConstCounter::new(processor_seconds()),
        )?;
        if let Some(bytes) = resident_bytes() {
            encode("process_resident_memory", "Memory that is in RAM", &Unit::Bytes, MetricType::Gauge, &ConstGauge::new(bytes))?;
        }
        encode("process_start_time", "When the process started", &Unit::Seconds, MetricType::Gauge, &ConstGauge::new(self.started))
    }
}

fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    std::time::Duration::try_from(time).unwrap_or_default().as_secs_f64()
}

/// The second number of `/proc/self/statm` counts pages (proc(5)).
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * u64::try_from(rustix::param::page_size()).ok()?)
}
