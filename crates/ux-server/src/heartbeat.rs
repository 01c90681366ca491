//! Whether every worker still moves: each notes the time once a second, and `/livez` looks at what they noted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a worker notes the time.
const BEAT: Duration = Duration::from_secs(1);

/// A worker that has noted nothing for this long hangs or is gone. Long enough for a machine that is short of processors.
const HANGS_AFTER: Duration = Duration::from_secs(30);

/// When each worker has last moved, in milliseconds since the start.
#[derive(Debug)]
pub(crate) struct Heartbeats {
    started: Instant,
    moved_at: Vec<AtomicU64>,
}

impl Heartbeats {
    pub(crate) fn new(started: Instant, workers: usize) -> Self {
        Self { started, moved_at: (0..workers).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Runs on the worker's own thread, beside its connections.
    pub(crate) async fn of(&self, worker: usize) {
        loop {
            self.moved_at[worker].store(self.now_ms(), Ordering::Relaxed);
            tokio::time::sleep(BEAT).await;
        }
    }

    /// The number of a worker that does not move any more.
    pub(crate) fn hanging(&self) -> Option<usize> {
        self.hanging_at(self.now_ms())
    }

    fn hanging_at(&self, now_ms: u64) -> Option<usize> {
        let hangs = |moved_at: &AtomicU64| u128::from(now_ms.saturating_sub(moved_at.load(Ordering::Relaxed))) >= HANGS_AFTER.as_millis();
        self.moved_at.iter().position(hangs)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_does_not_move_is_named() {
        let beats = Heartbeats::new(Instant::now(), 3);
        assert_eq!(beats.hanging_at(29_999), None);
        beats.moved_at[0].store(29_000, Ordering::Relaxed);
        beats.moved_at[2].store(30_500, Ordering::Relaxed);
        assert_eq!(beats.hanging_at(30_000), Some(1));
        beats.moved_at[1].store(31_000, Ordering::Relaxed);
        assert_eq!(beats.hanging_at(31_000), None);
    }

    #[tokio::test]
    async fn a_beat_notes_the_time() {
        let beats = Heartbeats::new(Instant::now().checked_sub(Duration::from_secs(60)).unwrap(), 1);
        assert_eq!(beats.hanging(), Some(0));
        let _ = tokio::time::timeout(Duration::ZERO, beats.of(0)).await;
        assert_eq!(beats.hanging(), None);
    }
}
