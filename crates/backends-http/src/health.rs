//! How a system looks from here.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::breaker::BreakerState;
use crate::durations::Spread;
use crate::error::Outcome;

/// How a system looks from here, for people. Numbers are over all workers; those that only grow count from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The name in configuration and metrics.
    pub system: &'static str,
    /// The circuit breaker.
    pub breaker: BreakerState,
    /// Attempts under way.
    pub in_flight: i64,
    /// Calls that wait for a place.
    pub queued: i64,
    /// Connections open now.
    pub connections: i64,
    /// Calls that ended, repetitions not counted on their own.
    pub calls: u64,
    /// Those that failed through the system, our way to it or our credentials.
    pub failures: u64,
    /// Repetitions.
    pub retries: u64,
    /// The last of the failures, those of an open breaker left out: its class as in [`BackendError::class`](crate::BackendError::class), and when.
    pub last_failure: Option<(&'static str, SystemTime)>,
    /// How long the calls took.
    pub took: Spread,
    /// Used and allowed requests, where the system has a daily limit and has told how much of it is used.
    pub api_usage: Option<(i64, i64)>,
}

/// The class and the time of the last failure in one word, so that they always belong together.
#[derive(Debug, Default)]
pub(crate) struct LastFailure(AtomicU64);

impl LastFailure {
    const OUTCOME_BITS: u32 = 8;

    pub(crate) fn set(&self, outcome: Outcome) {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = u64::try_from(since_epoch.as_millis()).unwrap_or(0);
        self.0.store(milliseconds << Self::OUTCOME_BITS | outcome as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<(&'static str, SystemTime)> {
        let packed = self.0.load(Ordering::Relaxed);
        let outcome = Outcome::ALL.into_iter().find(|outcome| *outcome as u64 == packed & ((1 << Self::OUTCOME_BITS) - 1))?;
        let at = UNIX_EPOCH + Duration::from_millis(packed >> Self::OUTCOME_BITS);
        (outcome != Outcome::Ok).then(|| (outcome.label(), at))
    }
}
