//! How much one client may ask of one process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

/// A client's quota, for people.
#[derive(Debug, Serialize)]
pub(crate) struct QuotaUse {
    pub(crate) client: String,
    pub(crate) used: u64,
    pub(crate) limit: u64,
    pub(crate) per_ms: u64,
}

/// A steady rate with a burst (the generic cell rate algorithm): one number that all workers move, no lock.
#[derive(Debug)]
pub(crate) struct Quota {
    /// Nanoseconds that one request takes out of the rate.
    interval: u64,
    /// How far ahead of the steady rate a client may get.
    burst: u64,
    /// When the client's past requests will have been paid for, in nanoseconds since the start.
    paid_until: AtomicU64,
}

impl Quota {
    /// `requests` in each `period`, all of which may come at once. Both are above zero.
    pub(crate) fn new(requests: u32, period: Duration) -> Self {
        let period = u64::try_from(period.as_nanos()).unwrap_or(u64::MAX);
        Self { interval: (period / u64::from(requests)).max(1), burst: period, paid_until: AtomicU64::new(0) }
    }

    /// How many requests are used up of how many, and in what time they come back.
    pub(crate) fn used(&self, since_start: Duration) -> (u64, u64, Duration) {
        let now = u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX);
        let ahead = self.paid_until.load(Ordering::Relaxed).saturating_sub(now);
        (ahead.div_ceil(self.interval), self.burst / self.interval, Duration::from_nanos(self.burst))
    }

    /// Takes over what was used up of an earlier quota, if it was the same one.
    pub(crate) fn go_on_from(&self, earlier: &Self) {
        if (self.interval, self.burst) == (earlier.interval, earlier.burst) {
            self.paid_until.store(earlier.paid_until.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// Takes one request, or says how long to wait for it.
    pub(crate) fn take(&self, since_start: Duration) -> Result<(), Duration> {
        let now = u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX);
        let latest = now.saturating_add(self.burst);
        self.paid_until
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paid_until| {
                let next = paid_until.max(now).saturating_add(self.interval);
                (next <= latest).then_some(next)
            })
            .map(drop)
            .map_err(|paid_until| Duration::from_nanos(paid_until.saturating_add(self.interval) - latest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_the_steady_rate() {
        let quota = Quota::new(10, Duration::from_secs(1));
        let taken = (0..20).filter(|_| quota.take(Duration::from_secs(5)).is_ok()).count();
        assert_eq!(taken, 10);
        assert_eq!(quota.used(Duration::from_secs(5)), (10, 10, Duration::from_secs(1)));
        assert_eq!(quota.used(Duration::from_millis(5_450)).0, 6);
        assert_eq!(quota.take(Duration::from_secs(5)), Err(Duration::from_millis(100)));
        assert_eq!(quota.take(Duration::from_millis(5100)), Ok(()));
        assert!(quota.take(Duration::from_millis(5100)).is_err());
    }

    #[test]
    fn what_was_used_up_stays_used_up_unless_the_quota_is_another_one() {
        let earlier = Quota::new(1, Duration::from_secs(1));
        earlier.take(Duration::ZERO).unwrap();
        let [same, other] = [1, 2].map(|requests| Quota::new(requests, Duration::from_secs(1)));
        same.go_on_from(&earlier);
        other.go_on_from(&earlier);
        assert!(same.take(Duration::ZERO).is_err());
        assert!(other.take(Duration::ZERO).is_ok());
    }
}
