//! What the counters said during the last minutes: the admin thread reads them now and then, so that requests pay nothing.

use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime};

use backends_http::{Health, UpstreamMetrics};

use crate::metrics::{RequestMetrics, Totals};

/// Time between two readings.
pub(crate) const INTERVAL: Duration = Duration::from_secs(10);

/// How far back the page looks.
const KEPT: usize = 60;

/// The counters at one time.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) at: SystemTime,
    instant: Instant,
    pub(crate) requests: Totals,
    pub(crate) systems: Vec<Health>,
}

impl Reading {
    pub(crate) fn take(requests: &RequestMetrics, systems: &UpstreamMetrics) -> Self {
        Self { at: SystemTime::now(), instant: Instant::now(), requests: requests.totals(), systems: systems.health() }
    }

    pub(crate) fn since(&self, earlier: &Self) -> Duration {
        self.instant.saturating_duration_since(earlier.instant)
    }

    /// A system that was not there yet had counted nothing.
    pub(crate) fn system(&self, name: &str) -> Option<&Health> {
        self.systems.iter().find(|health| health.system == name)
    }
}

/// The last readings, oldest first; never empty.
#[derive(Debug)]
pub(crate) struct History(VecDeque<Reading>);

impl History {
    pub(crate) fn new(first: Reading) -> Self {
        Self(VecDeque::from([first]))
    }

    pub(crate) fn add(&mut self, reading: Reading) {
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
        self.0.push_back(reading);
    }

    pub(crate) fn readings(&self) -> impl Iterator<Item = &Reading> + Clone {
        self.0.iter()
    }

    /// The oldest reading of the last `window` before `now`, else the newest of all.
    pub(crate) fn within(&self, window: Duration, now: &Reading) -> &Reading {
        let newest = self.0.back().expect("a history begins with a reading");
        self.0.iter().find(|reading| now.since(reading) <= window).unwrap_or(newest)
    }
}
