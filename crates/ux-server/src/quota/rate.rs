//! One quota: a steady rate with a burst (the generic cell rate algorithm), which other processes may share.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use super::sharing::Sharing;

/// Three numbers that all workers move, no lock. Times are nanoseconds since the process started.
#[derive(Debug)]
pub(crate) struct Quota {
    requests: u32,
    /// In which so many requests are allowed, all of which may come at once.
    period: u64,
    /// What one request takes out of the period.
    interval: u64,
    /// When the client's past requests will have been paid for.
    paid_until: AtomicU64,
    /// Requests let through that the other processes have not heard of; stays 0 where nobody shares the quota.
    unreported: AtomicU32,
}

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    Taken,
    /// How long to wait for it.
    Over(Duration),
    /// Perhaps, but first the other processes have to hear of the requests before it.
    ReportFirst,
}

impl Quota {
    /// `requests` in each `period`. Both are above zero.
    pub(crate) fn new(requests: u32, period: Duration) -> Self {
        let period = nanoseconds(period);
        let interval = (period / u64::from(requests)).max(1);
        Self { requests, period, interval, paid_until: AtomicU64::new(0), unreported: AtomicU32::new(0) }
    }

    pub(crate) fn requests(&self) -> u32 {
        self.requests
    }

    pub(crate) fn period(&self) -> Duration {
        Duration::from_nanos(self.period)
    }

    /// Whether it allows the same as another one.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.requests, self.period) == (other.requests, other.period)
    }

    /// Takes one request.
    pub(crate) fn take(&self, now: u64, sharing: Option<&Sharing>) -> Take {
        let price = self.price(sharing);
        if let Err(wait) = self.pay(now, price) {
            return Take::Over(wait);
        }
        let most_unreported = match sharing {
            None => return Take::Taken,
            Some(sharing) => sharing.most_unreported(self.requests),
        };
        let reserved =
            self.unreported.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < most_unreported).then(|| count + 1));
        if reserved.is_ok() {
            return Take::Taken;
        }
        self.refund(price);
        Take::ReportFirst
    }

    /// Gives back what [`Quota::take`] took, as far as nobody has heard of it.
    pub(crate) fn give_back(&self, sharing: Option<&Sharing>) {
        self.refund(self.price(sharing));
        if sharing.is_some() {
            self.forget(1);
        }
    }

    /// How many requests would be let through at once, and how long it takes until that is all of them again.
    pub(crate) fn remaining(&self, now: u64, sharing: Option<&Sharing>) -> (u64, Duration) {
        let backlog = self.backlog(now);
        (self.period.saturating_sub(backlog) / self.price(sharing), Duration::from_nanos(backlog))
    }

    /// How many requests are used up.
    pub(crate) fn used(&self, now: u64) -> u64 {
        self.backlog(now).div_ceil(self.interval)
    }

    /// How far ahead of the steady rate the client is, in nanoseconds.
    pub(crate) fn backlog(&self, now: u64) -> u64 {
        self.paid_until.load(Ordering::Relaxed).saturating_sub(now)
    }

    /// The requests that the other processes have not heard of, and what they cost in nanoseconds.
    pub(crate) fn unreported(&self) -> (u32, u64) {
        let count = self.unreported.load(Ordering::Relaxed);
        (count, u64::from(count) * self.interval)
    }

    /// Takes over what all processes together have used, which includes `reported` requests of this one.
    ///
    /// A request that is let through at this very moment may be missing in the sum; it is among the unreported ones, and
    /// so it is back with the next answer.
    pub(crate) fn heard(&self, now: u64, backlog: u64, reported: u32) {
        let left = self.forget(reported);
        self.paid_until.store(now + backlog + u64::from(left) * self.interval, Ordering::Relaxed);
    }

    /// Alone or with the shared count at hand a request costs its interval; otherwise as many as there are processes,
    /// because each of the others may let one through at the same time. One request at a time is always allowed.
    fn price(&self, sharing: Option<&Sharing>) -> u64 {
        match sharing {
            Some(sharing) if !sharing.is_up() => (self.interval * u64::from(sharing.replicas())).min(self.period),
            _ => self.interval,
        }
    }

    fn pay(&self, now: u64, price: u64) -> Result<(), Duration> {
        let latest = now.saturating_add(self.period);
        self.paid_until
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paid_until| {
                let next = paid_until.max(now).saturating_add(price);
                (next <= latest).then_some(next)
            })
            .map(drop)
            .map_err(|paid_until| Duration::from_nanos(paid_until.max(now).saturating_add(price) - latest))
    }

    fn refund(&self, price: u64) {
        let refund = |paid_until: u64| Some(paid_until.saturating_sub(price));
        let _ = self.paid_until.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refund);
    }

    /// Takes `count` off the unreported requests, and returns how many are left.
    fn forget(&self, count: u32) -> u32 {
        let before = self.unreported.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |all| Some(all.saturating_sub(count)));
        before.unwrap_or_else(|all| all).saturating_sub(count)
    }
}

pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn taken(quota: &Quota, now: u64, sharing: Option<&Sharing>) -> usize {
        std::iter::repeat_with(|| quota.take(now, sharing)).take_while(|take| *take == Take::Taken).count()
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_steady_rate() {
        let quota = Quota::new(10, Duration::from_secs(1));
        assert_eq!(taken(&quota, 5 * SECOND, None), 10);
        assert_eq!(quota.take(5 * SECOND, None), Take::Over(Duration::from_millis(100)));
        assert_eq!(quota.remaining(5 * SECOND, None), (0, Duration::from_secs(1)));
        assert_eq!((quota.used(5 * SECOND), quota.used(5 * SECOND + SECOND / 20 * 9)), (10, 6));
        let later = 5 * SECOND + SECOND / 10;
        assert_eq!(quota.remaining(later, None), (1, Duration::from_millis(900)));
        assert_eq!(taken(&quota, later, None), 1);
        quota.give_back(None);
        assert_eq!(taken(&quota, later, None), 1);
    }

    #[test]
    fn with_the_store_at_hand_a_part_of_the_quota_may_go_unreported() {
        let sharing = Sharing::new(2, 20);
        sharing.set_up(true);
        let quota = Quota::new(100, Duration::from_secs(1));
        assert_eq!(taken(&quota, 0, Some(&sharing)), 10);
        assert_eq!(quota.take(0, Some(&sharing)), Take::ReportFirst);
        assert_eq!(quota.unreported(), (10, SECOND / 10));
        // The other process has used up 85 by then.
        quota.heard(0, SECOND / 100 * 95, 10);
        assert_eq!(taken(&quota, 0, Some(&sharing)), 5);
        assert!(matches!(quota.take(0, Some(&sharing)), Take::Over(_)));
    }

    #[test]
    fn without_the_store_each_process_has_its_part() {
        let sharing = Sharing::new(4, 20);
        let quota = Quota::new(100, Duration::from_secs(1));
        assert_eq!(taken(&quota, 0, Some(&sharing)), 25);
        assert_eq!(quota.take(0, Some(&sharing)), Take::Over(Duration::from_millis(40)));
        let tiny = Quota::new(2, Duration::from_secs(1));
        assert_eq!(taken(&tiny, 0, Some(&sharing)), 1, "never none at all");
    }

    #[test]
    fn a_lost_store_gives_nobody_a_new_quota() {
        let sharing = Sharing::new(2, 100);
        sharing.set_up(true);
        let quota = Quota::new(100, Duration::from_secs(1));
        quota.heard(0, SECOND / 100 * 90, 0);
        sharing.set_up(false);
        assert_eq!(taken(&quota, 0, Some(&sharing)), 5, "half of the ten that were left");
    }
}
