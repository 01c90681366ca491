//! What requests and the thread that talks to the store tell each other.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// How the processes share their quotas, and whether they can at the moment.
#[derive(Debug)]
pub(crate) struct Sharing {
    replicas: u32,
    slack_percent: u32,
    up: AtomicBool,
    report_wanted: Notify,
    reported: Notify,
}

impl Sharing {
    /// `replicas` is at least 1.
    pub(crate) fn new(replicas: u32, slack_percent: u32) -> Self {
        Self { replicas, slack_percent, up: AtomicBool::new(false), report_wanted: Notify::new(), reported: Notify::new() }
    }

    pub(crate) fn replicas(&self) -> u32 {
        self.replicas
    }

    /// Whether the shared counts are at hand.
    pub(crate) fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    /// The store has answered, or it has not; either way whoever waits may go on.
    pub(crate) fn set_up(&self, up: bool) {
        self.up.store(up, Ordering::Release);
        self.reported.notify_waiters();
    }

    /// How many requests of a quota of `requests` may go unreported: this process's part of the slack, at least one.
    /// While the store is away there is nobody to report to, and the quota's price keeps the limit instead.
    pub(crate) fn most_unreported(&self, requests: u32) -> u32 {
        if !self.is_up() {
            return u32::MAX;
        }
        let part = u64::from(requests) * u64::from(self.slack_percent) / (100 * u64::from(self.replicas));
        u32::try_from(part).unwrap_or(u32::MAX).max(1)
    }

    /// Waits until the store has heard of the requests so far, or is known to be away.
    pub(crate) async fn report(&self) {
        let reported = self.reported.notified();
        // If a report ends right now, this one makes another, so that nobody waits for ever.
        self.report_wanted.notify_one();
        if self.is_up() {
            reported.await;
        }
    }

    /// Ends when a request waits for a report.
    pub(crate) async fn report_wanted(&self) {
        self.report_wanted.notified().await;
    }
}
