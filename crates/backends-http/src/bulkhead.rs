//! How many calls to one system may be under way at once, and how many may wait for that.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::config::SystemConfig;

#[derive(Debug)]
pub(crate) struct Bulkhead {
    places: Semaphore,
    waiting: AtomicUsize,
    max_waiting: usize,
    longest_wait: Duration,
    in_flight: Gauge,
    queued: Gauge,
}

/// A place among the calls in flight; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    _permit: SemaphorePermit<'a>,
    in_flight: &'a Gauge,
}

/// Why there was no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    QueueFull,
    TimedOut,
}

impl Bulkhead {
    pub(crate) fn new(config: &SystemConfig, in_flight: Gauge, queued: Gauge) -> Self {
        Self {
            places: Semaphore::new(config.max_concurrent),
            waiting: AtomicUsize::new(0),
            max_waiting: config.max_queued,
            longest_wait: Duration::from_millis(config.queue_timeout_ms),
            in_flight,
            queued,
        }
    }

    pub(crate) async fn enter(&self, now: Instant, deadline: Instant) -> Result<Place<'_>, NoPlace> {
        if let Ok(permit) = self.places.try_acquire() {
            return Ok(self.place(permit));
        }
        let _waiting = Waiting::join(self).ok_or(NoPlace::QueueFull)?;
        let until = deadline.min(now + self.longest_wait);
        match timeout_at(until, self.places.acquire()).await {
            Ok(permit) => Ok(self.place(permit.expect("the semaphore is never closed"))),
            Err(_) => Err(NoPlace::TimedOut),
        }
    }

    fn place<'a>(&'a self, permit: SemaphorePermit<'a>) -> Place<'a> {
        self.in_flight.inc();
        Place { _permit: permit, in_flight: &self.in_flight }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.in_flight.dec();
    }
}

struct Waiting<'a>(&'a Bulkhead);

impl<'a> Waiting<'a> {
    fn join(bulkhead: &'a Bulkhead) -> Option<Self> {
        if bulkhead.waiting.fetch_add(1, Ordering::Relaxed) >= bulkhead.max_waiting {
            bulkhead.waiting.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        bulkhead.queued.inc();
        Some(Self(bulkhead))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.queued.dec();
    }
}
