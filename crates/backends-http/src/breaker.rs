//! The circuit breaker of one system, shared by all workers.
//!
//! Closed, it costs one atomic load to pass and one compare-and-swap to record. It opens when, within one window, enough
//! calls were made and too large a part of them failed. Open, it refuses until its time is over; then one call at a time
//! may try, and what becomes of it closes the breaker or opens it again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;

use crate::config::SystemConfig;

/// Where a breaker stands; the number is what the metric shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass.
    Closed = 0,
    /// The time of refusal is over: one call at a time may try.
    HalfOpen = 1,
    /// Calls are refused.
    Open = 2,
}

#[derive(Debug)]
pub(crate) struct Breaker {
    system: &'static str,
    failure_percent: u64,
    min_calls: u64,
    window_ms: u64,
    open_ms: u64,
    start: Instant,
    /// The current window: its number, its calls and its failures, packed so that one compare-and-swap changes all three.
    window: AtomicU64,
    /// Milliseconds since `start` until which calls are refused; 0 while closed.
    open_until: AtomicU64,
    probing: AtomicBool,
    gauge: Gauge,
}

/// The right to make one call; tell it how the call went. Dropped without that, it counts neither way.
#[derive(Debug)]
pub(crate) struct Admission<'a> {
    breaker: &'a Breaker,
    probe: bool,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    number: u64,
    calls: u64,
    failures: u64,
}

impl Window {
    const COUNT_BITS: u32 = 20;
    const MOST: u64 = (1 << Self::COUNT_BITS) - 1;

    fn unpack(packed: u64) -> Self {
        Self { number: packed >> (2 * Self::COUNT_BITS), calls: (packed >> Self::COUNT_BITS) & Self::MOST, failures: packed & Self::MOST }
    }

    fn pack(self) -> u64 {
        (self.number << (2 * Self::COUNT_BITS)) | (self.calls << Self::COUNT_BITS) | self.failures
    }

    fn number_at(elapsed_ms: u64, window_ms: u64) -> u64 {
        (elapsed_ms / window_ms) & ((1 << (64 - 2 * Self::COUNT_BITS)) - 1)
    }

    fn with(mut self, number: u64, failed: bool) -> Self {
        if self.number != number {
            self = Self { number, calls: 0, failures: 0 };
        }
        if self.calls == Self::MOST {
            self.calls /= 2;
            self.failures /= 2;
        }
        self.calls += 1;
        self.failures += u64::from(failed);
        self
    }
}

impl Breaker {
    pub(crate) fn new(system: &'static str, config: &SystemConfig, gauge: Gauge) -> Self {
        gauge.set(BreakerState::Closed as i64);
        Self {
            system,
            failure_percent: config.breaker_failure_percent.into(),
            min_calls: config.breaker_min_calls.into(),
            window_ms: config.breaker_window_ms,
            open_ms: config.breaker_open_ms,
            start: Instant::now(),
            window: AtomicU64::new(0),
            open_until: AtomicU64::new(0),
            probing: AtomicBool::new(false),
            gauge,
        }
    }

    /// Lets a call pass, or says how long it makes no sense to ask again.
    pub(crate) fn admit(&self, now: Instant) -> Result<Admission<'_>, Duration> {
        let open_until = self.open_until.load(Ordering::Acquire);
        if open_until == 0 {
            return Ok(Admission { breaker: self, probe: false });
        }
        let elapsed = self.elapsed_ms(now);
        if elapsed < open_until {
            return Err(Duration::from_millis(open_until - elapsed));
        }
        if self.probing.swap(true, Ordering::AcqRel) {
            return Err(Duration::from_millis(self.open_ms));
        }
        self.gauge.set(BreakerState::HalfOpen as i64);
        Ok(Admission { breaker: self, probe: true })
    }

    pub(crate) fn state(&self) -> BreakerState {
        match self.open_until.load(Ordering::Acquire) {
            0 => BreakerState::Closed,
            until if self.elapsed_ms(Instant::now()) < until => BreakerState::Open,
            _ => BreakerState::HalfOpen,
        }
    }

    fn elapsed_ms(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.start).as_millis()).unwrap_or(u64::MAX)
    }

    fn record(&self, now: Instant, failed: bool) {
        if self.failure_percent == 0 || self.open_until.load(Ordering::Acquire) != 0 {
            return;
        }
        let number = Window::number_at(self.elapsed_ms(now), self.window_ms);
        let mut packed = self.window.load(Ordering::Relaxed);
        let window = loop {
            let next = Window::unpack(packed).with(number, failed);
            match self.window.compare_exchange_weak(packed, next.pack(), Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => break next,
                Err(current) => packed = current,
            }
        };
        let tripped = window.calls >= self.min_calls && window.failures * 100 >= self.failure_percent * window.calls;
        if failed && tripped {
            self.open(now);
        }
    }

    fn open(&self, now: Instant) {
        let until = self.elapsed_ms(now) + self.open_ms;
        self.open_until.store(until, Ordering::Release);
        self.window.store(0, Ordering::Relaxed);
        self.gauge.set(BreakerState::Open as i64);
        tracing::warn!(system = self.system, "circuit breaker opened");
    }

    fn close(&self) {
        self.window.store(0, Ordering::Relaxed);
        self.open_until.store(0, Ordering::Release);
        self.gauge.set(BreakerState::Closed as i64);
        tracing::info!(system = self.system, "circuit breaker closed");
    }
}

impl Admission<'_> {
    pub(crate) fn record(self, now: Instant, failed: bool) {
        match (self.probe, failed) {
            (false, _) => self.breaker.record(now, failed),
            (true, true) => self.breaker.open(now),
            (true, false) => self.breaker.close(),
        }
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.probing.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> (Breaker, Instant) {
        let config = SystemConfig {
            breaker_min_calls: 4,
            breaker_failure_percent: 50,
            breaker_window_ms: 1_000,
            breaker_open_ms: 200,
            ..SystemConfig::new("http://localhost")
        };
        let breaker = Breaker::new("test", &config, Gauge::default());
        let start = breaker.start;
        (breaker, start)
    }

    fn record(breaker: &Breaker, now: Instant, outcomes: &[bool]) {
        for &failed in outcomes {
            breaker.admit(now).expect("closed").record(now, failed);
        }
    }

    #[test]
    fn opens_at_the_share_of_failures_within_one_window() {
        let (breaker, start) = breaker();
        record(&breaker, start, &[true, true, true]);
        let next_window = start + Duration::from_millis(1_000);
        record(&breaker, next_window, &[true, false, false]);
        assert_eq!(breaker.open_until.load(Ordering::Relaxed), 0);
        record(&breaker, next_window, &[true]);
        assert_eq!(breaker.admit(next_window).expect_err("open"), Duration::from_millis(200));
    }

    #[test]
    fn half_open_lets_one_call_try() {
        let (breaker, start) = breaker();
        record(&breaker, start, &[true; 4]);
        let later = start + Duration::from_millis(200);
        let probe = breaker.admit(later).expect("one may try");
        assert!(breaker.admit(later).is_err(), "but only one");
        drop(probe);
        breaker.admit(later).expect("a lost probe does not block").record(later, true);
        assert!(breaker.admit(later).is_err(), "open again");
        let later = later + Duration::from_millis(200);
        breaker.admit(later).expect("one may try").record(later, false);
        assert!(!breaker.admit(later).expect("closed").probe);
    }

    #[test]
    fn a_full_window_is_halved_and_not_wrapped() {
        let full = Window { number: 3, calls: Window::MOST, failures: 1_000 };
        let next = Window::unpack(Window::unpack(full.pack()).with(3, true).pack());
        assert_eq!((next.number, next.calls, next.failures), (3, Window::MOST / 2 + 1, 501));
    }
}
