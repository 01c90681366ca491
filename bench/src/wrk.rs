//! wrk, as a slice of time with figures.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::machine::{Process, REST};
use crate::scenario::Scenario;

/// What one contestant did in one slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    /// Processor time per request, in µs.
    pub(crate) cpu_us: f64,
    pub(crate) requests_per_second: f64,
    /// Share of its core that the contestant used.
    pub(crate) busy: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
}

/// As much load as `connections` can make, for `seconds`.
///
/// # Errors
/// wrk cannot be run, or an answer was not a success.
pub(crate) fn saturate(scenario: &Scenario, process: &Process, port: u16, connections: u32, seconds: u32) -> io::Result<Slice> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/requests.lua");
    let before = process.cpu_time()?;
    let output = Command::new("taskset")
        .args(["-c", REST, "wrk", "-t1", &format!("-c{connections}"), &format!("-d{seconds}s")])
        .args(scenario.wrk_arguments(&script.to_string_lossy(), port))
        .output()?;
    let cpu = process.cpu_time()? - before;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures = text.lines().find_map(|line| line.strip_prefix("RESULT "));
    let figures: Vec<f64> = figures.unwrap_or_default().split(' ').filter_map(|figure| figure.parse().ok()).collect();
    let [requests, duration_us, failed, p50_us, p99_us, p999_us] = figures[..] else {
        return Err(io::Error::other(format!("wrk says: {text} {}", String::from_utf8_lossy(&output.stderr))));
    };
    if failed > 0.0 || requests < 1.0 {
        return Err(io::Error::other(format!("port {port}: {failed} of {requests} requests failed")));
    }
    Ok(Slice {
        cpu_us: micros(cpu) / requests,
        requests_per_second: requests / duration_us * 1e6,
        busy: micros(cpu) / duration_us,
        p50_us,
        p99_us,
        p999_us,
    })
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
