//! How much one client may ask of one process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
        assert_eq!(quota.take(Duration::from_secs(5)), Err(Duration::from_millis(100)));
        assert_eq!(quota.take(Duration::from_millis(5100)), Ok(()));
        assert!(quota.take(Duration::from_millis(5100)).is_err());
    }
}
