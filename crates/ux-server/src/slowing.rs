//! Wrong credentials, again and again from one address, are answered later and later.
//!
//! Right ones are never delayed, so that an office behind one address does not pay for one wrong client in it. What waits
//! is a timer and a connection; no worker, no quota.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Failures in a row that are answered at once.
const AT_ONCE: u32 = 5;

/// How long the first failure after those waits; each further one twice as long, up to the longest wait.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// An address that has not failed for this long begins anew.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// Addresses share these places by chance. It costs 32 KiB, however many there are, and all that a shared place does is
/// delay a failure that would have been answered at once.
const PLACES: usize = 4096;

/// How often addresses have failed lately.
#[derive(Debug)]
pub(crate) struct Failures {
    /// Keyed by chance, so that nobody can choose whose place to share.
    hasher: RandomState,
    /// In the upper half of each the second of the last failure, in the lower half how many there were in a row.
    places: Box<[AtomicU64]>,
}

impl Failures {
    pub(crate) fn new() -> Self {
        Self { hasher: RandomState::new(), places: (0..PLACES).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Notes a failure from `address` and says how long its answer is to wait.
    pub(crate) fn wait(&self, address: IpAddr, since_start: Duration) -> Duration {
        let now = since_start.as_secs() & u64::from(u32::MAX);
        let place = self.hasher.hash_one(network(address)) % PLACES as u64;
        let place = &self.places[usize::try_from(place).expect("smaller than the number of places")];
        let count = |packed: u64| {
            let forgotten = now.saturating_sub(packed >> 32) >= FORGOTTEN_AFTER.as_secs();
            if forgotten { 1 } else { (packed & u64::from(u32::MAX)).saturating_add(1).min(u64::from(u32::MAX)) }
        };
        let before = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |packed| Some(now << 32 | count(packed)));
        let failures = u32::try_from(count(before.unwrap_or_default())).unwrap_or(u32::MAX);
        match failures.checked_sub(AT_ONCE + 1) {
            None => Duration::ZERO,
            // From there on it is the longest wait anyway.
            Some(doublings) => (FIRST_WAIT * (1 << doublings.min(10))).min(LONGEST_WAIT),
        }
    }
}

/// What one caller can choose its addresses from: a whole /64 in IPv6, one address in IPv4.
fn network(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => u64::from(u32::from(address)),
        IpAddr::V6(address) => u64::try_from(u128::from(address) >> 64).expect("the upper half"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(failures: &Failures, address: &str, at: u64, count: usize) -> Vec<u128> {
        let address = address.parse().unwrap();
        (0..count).map(|_| failures.wait(address, Duration::from_secs(at)).as_millis()).collect()
    }

    #[test]
    fn the_wait_grows_to_its_bound_and_is_forgotten() {
        let failures = Failures::new();
        assert_eq!(waits(&failures, "192.0.2.1", 7, 13), [0, 0, 0, 0, 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(waits(&failures, "192.0.2.1", 66, 1), [5000], "the window begins with the last failure");
        assert_eq!(waits(&failures, "192.0.2.1", 126, 6), [0, 0, 0, 0, 0, 100]);
    }

    #[test]
    fn a_caller_cannot_change_its_address_within_a_network() {
        let failures = Failures::new();
        assert_eq!(waits(&failures, "2001:db8::1", 0, 6)[5], 100);
        assert_eq!(waits(&failures, "2001:db8::2", 0, 1), [200]);
        assert_eq!(waits(&failures, "192.0.2.1", 0, 6)[5], 100);
        assert_eq!(waits(&failures, "::ffff:192.0.2.1", 0, 1), [200]);
    }

    #[test]
    fn memory_is_bounded_and_most_addresses_do_not_share_a_place() {
        let failures = Failures::new();
        let at_once = (0..500_u32).filter(|number| waits(&failures, &format!("10.0.{}.{}", number >> 8, number & 255), 0, 5)[4] == 0);
        assert!(at_once.count() > 250);
        assert_eq!(failures.places.len(), PLACES);
    }
}
