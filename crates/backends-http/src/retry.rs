//! When a failed call may be made again, and after what pause.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::call::Kind;
use crate::config::SystemConfig;
use crate::error::{BackendError, Outage, Stage};

/// What one repetition costs; a call earns the configured percentage of it.
const REPETITION: i64 = 100;

/// Repetitions that a quiet system may get in a row.
const RESERVE: i64 = 10;

#[derive(Debug)]
pub(crate) struct Retries {
    most: u32,
    backoff_ms: u64,
    earned_per_call: i64,
    budget: AtomicI64,
    jitter: AtomicU64,
}

impl Retries {
    pub(crate) fn new(config: &SystemConfig) -> Self {
        let earned_per_call = config.retry_budget_percent.into();
        Self {
            most: config.retries,
            backoff_ms: config.retry_backoff_ms,
            earned_per_call,
            budget: AtomicI64::new(if earned_per_call == 0 { 0 } else { RESERVE * REPETITION }),
            jitter: AtomicU64::new(RandomState::new().build_hasher().finish()),
        }
    }

    /// Every call earns the system a part of a repetition.
    pub(crate) fn earn(&self) {
        // Read first: in good times the budget is full, and workers need not write to a shared line.
        if self.budget.load(Ordering::Relaxed) < RESERVE * REPETITION {
            self.budget.fetch_add(self.earned_per_call, Ordering::Relaxed);
        }
    }

    /// The pause before repetition number `done + 1`, if there may be one and the budget pays for it.
    pub(crate) fn pause(&self, done: u32, kind: Kind, failure: &BackendError, left: Left) -> Option<Duration> {
        if done >= self.most || !may_repeat(kind, failure) {
            return None;
        }
        let pause = Duration::from_millis(self.random_below(self.backoff_ms << done.min(16)));
        // A call that timed out is repeated only if it may take as long again.
        let needed = match failure {
            BackendError::TimedOut { .. } => pause + left.one_attempt,
            _ => pause,
        };
        (needed < left.until_deadline && self.spend()).then_some(pause)
    }

    fn spend(&self) -> bool {
        self.budget
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |budget| (budget >= REPETITION).then_some(budget - REPETITION))
            .is_ok()
    }

    /// Splitmix64: good enough to keep callers from repeating in step.
    fn random_below(&self, bound: u64) -> u64 {
        let mut z = self.jitter.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % (bound + 1)
    }
}

/// The time that is left, as a repetition sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    pub(crate) until_deadline: Duration,
    pub(crate) one_attempt: Duration,
}

/// A system that names a time to wait is not asked again before: that time is passed on to the caller.
fn may_repeat(kind: Kind, failure: &BackendError) -> bool {
    match failure {
        // Nothing was done, so that even a write may be made again.
        BackendError::Unavailable { outage: Outage::ConnectFailed | Outage::Busy, retry_after: None, .. } => true,
        BackendError::Unavailable { outage: Outage::ConnectionLost | Outage::SystemDown, retry_after: None, .. }
        | BackendError::TimedOut { stage: Stage::Answer, .. } => kind != Kind::Write,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Origin;

    const ORIGIN: Origin = Origin { system: "test", operation: "get", method: "GET" };
    const LEFT: Left = Left { until_deadline: Duration::from_secs(10), one_attempt: Duration::from_secs(5) };

    fn outage(outage: Outage, retry_after: Option<Duration>) -> BackendError {
        BackendError::Unavailable { origin: ORIGIN, outage, retry_after, cause: None }
    }

    #[test]
    fn what_may_be_repeated() {
        let timed_out = BackendError::TimedOut { origin: ORIGIN, stage: Stage::Answer };
        for (kind, failure, expected) in [
            (Kind::Read, outage(Outage::ConnectionLost, None), true),
            (Kind::Read, outage(Outage::SystemDown, None), true),
            (Kind::Read, outage(Outage::SystemDown, Some(Duration::from_secs(1))), false),
            (Kind::Read, outage(Outage::RateLimited, None), false),
            (Kind::Read, outage(Outage::BreakerOpen, None), false),
            (Kind::Read, BackendError::NotFound { origin: ORIGIN }, false),
            (Kind::IdempotentWrite, timed_out, true),
            (Kind::IdempotentWrite, outage(Outage::Busy, None), true),
            (Kind::Write, outage(Outage::ConnectionLost, None), false),
            (Kind::Write, outage(Outage::SystemDown, None), false),
            (Kind::Write, outage(Outage::ConnectFailed, None), true),
            (Kind::Write, outage(Outage::Busy, None), true),
        ] {
            assert_eq!(may_repeat(kind, &failure), expected, "{kind:?} {failure}");
        }
    }

    #[test]
    fn the_budget_bounds_repetitions() {
        let config = SystemConfig { retry_budget_percent: 10, ..SystemConfig::new("http://localhost") };
        let retries = Retries::new(&config);
        let failure = outage(Outage::ConnectionLost, None);
        let granted = |calls: u32| {
            (0..calls)
                .filter(|_| {
                    retries.earn();
                    retries.pause(0, Kind::Read, &failure, LEFT).is_some()
                })
                .count()
        };
        assert!((10..=22).contains(&granted(100)));
        assert!((9..=11).contains(&granted(100)));
    }

    #[test]
    fn a_pause_must_fit_and_stays_below_its_bound() {
        let retries = Retries::new(&SystemConfig::new("http://localhost"));
        let failure = outage(Outage::ConnectionLost, None);
        let no_time = Left { until_deadline: Duration::ZERO, ..LEFT };
        assert_eq!(retries.pause(0, Kind::Read, &failure, no_time), None);
        let pause = retries.pause(1, Kind::Read, &failure, LEFT).expect("there is time");
        assert!(pause <= Duration::from_millis(100));
        assert_eq!(retries.pause(2, Kind::Read, &failure, LEFT), None, "two repetitions at most");
    }
}
