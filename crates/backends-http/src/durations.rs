//! A histogram of times that many threads write to without a lock, and that can be read again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// How often something took how long, as a histogram metric. Clones share their counts.
///
/// Prometheus-client's own histogram takes a lock for each observation and cannot be read.
#[derive(Debug, Clone)]
pub struct Durations(Arc<Cells>);

#[derive(Debug)]
struct Cells {
    /// Microseconds, rising; times above the last have a bucket of their own.
    bounds: &'static [u64],
    counts: Box<[AtomicU64]>,
    nanoseconds: AtomicU64,
}

impl Durations {
    /// With the upper bounds of the buckets in microseconds, rising.
    #[must_use]
    pub fn new(bounds: &'static [u64]) -> Self {
        debug_assert!(bounds.is_sorted(), "bounds rise");
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Cells { bounds, counts, nanoseconds: AtomicU64::new(0) }))
    }

    /// Counts one.
    pub fn observe(&self, time: Duration) {
        let cells = &*self.0;
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let bucket = cells.bounds.iter().position(|bound| nanoseconds <= bound * 1_000).unwrap_or(cells.bounds.len());
        cells.counts[bucket].fetch_add(1, Ordering::Relaxed);
        cells.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// What has been counted up to now.
    #[must_use]
    pub fn read(&self) -> Spread {
        Spread { bounds: self.0.bounds, counts: self.0.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect() }
    }
}

impl EncodeMetric for Durations {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let Spread { bounds, counts } = self.read();
        let sum = Duration::from_nanos(self.0.nanoseconds.load(Ordering::Relaxed)).as_secs_f64();
        let bounds = bounds.iter().map(|bound| Duration::from_micros(*bound).as_secs_f64()).chain([f64::INFINITY]);
        let total = counts.iter().sum();
        let buckets: Vec<_> = bounds.zip(counts).collect();
        encoder.encode_histogram::<NoLabelSet>(sum, total, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

impl TypedMetric for Durations {
    const TYPE: MetricType = MetricType::Histogram;
}

/// The counts of [`Durations`] at one time, or what came between two times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    bounds: &'static [u64],
    counts: Vec<u64>,
}

impl Spread {
    /// Both together; they have the same bounds.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        debug_assert_eq!(self.bounds, other.bounds);
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, other)| *count += other);
        self
    }

    /// What was counted after `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let counts = self.counts.iter().zip(&earlier.counts).map(|(now, before)| now.saturating_sub(*before)).collect();
        Self { bounds: self.bounds, counts }
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The time, in microseconds, that `percent` of a hundred did not exceed; `None` if nothing was counted.
    ///
    /// Within a bucket it is taken for evenly spread; above the last bound it is that bound.
    #[must_use]
    pub fn quantile(&self, percent: u64) -> Option<u64> {
        let rank = (self.count() * percent).div_ceil(100).max(1);
        let mut below = 0;
        for (at, count) in self.counts.iter().enumerate() {
            if below + count >= rank {
                let least = at.checked_sub(1).map_or(0, |at| self.bounds[at]);
                let most = self.bounds.get(at).copied().unwrap_or(least);
                return Some(least + (most - least) * (rank - below) / count);
            }
            below += count;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: [u64; 3] = [1_000, 2_000, 10_000];

    fn spread(microseconds: &[u64]) -> Spread {
        let durations = Durations::new(&BOUNDS);
        microseconds.iter().for_each(|time| durations.observe(Duration::from_micros(*time)));
        durations.read()
    }

    #[test]
    fn a_time_is_counted_in_the_first_bucket_that_holds_it() {
        let durations = Durations::new(&BOUNDS);
        for nanoseconds in [0, 1_000_000, 1_000_001, 2_000_000, 10_000_001] {
            durations.observe(Duration::from_nanos(nanoseconds));
        }
        assert_eq!(durations.read().counts, [2, 2, 0, 1]);
    }

    #[test]
    fn quantiles_lie_within_the_bucket_of_their_rank() {
        assert_eq!(spread(&[]).quantile(50), None);
        assert_eq!(spread(&[1_500]).quantile(99), Some(2_000));
        let times = spread(&[500, 500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 60_000]);
        assert_eq!(times.quantile(20), Some(1_000));
        assert_eq!(times.quantile(50), Some(1_000 + 1_000 * 3 / 7));
        assert_eq!(times.quantile(99), Some(10_000));
    }

    #[test]
    fn what_came_since_is_the_difference() {
        let earlier = spread(&[500]);
        let later = spread(&[500, 5_000, 5_000]);
        assert_eq!(later.since(&earlier), spread(&[5_000, 5_000]));
        assert_eq!(later.since(&earlier).plus(&earlier), later);
    }

    #[test]
    fn it_is_written_as_a_histogram_in_seconds() {
        let mut registry = prometheus_client::registry::Registry::default();
        let durations = Durations::new(&BOUNDS);
        registry.register("took_seconds", "Time", durations.clone());
        durations.observe(Duration::from_millis(1));
        durations.observe(Duration::from_millis(20));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let expected = "# HELP took_seconds Time.\n# TYPE took_seconds histogram\ntook_seconds_sum 0.021\ntook_seconds_count 2\n\
            took_seconds_bucket{le=\"0.001\"} 1\ntook_seconds_bucket{le=\"0.002\"} 1\ntook_seconds_bucket{le=\"0.01\"} 1\n\
            took_seconds_bucket{le=\"+Inf\"} 2\n# EOF\n";
        assert_eq!(text, expected);
    }
}
