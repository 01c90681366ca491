//! What `/status` tells, as data: the JSON is this, and the page shows it.
//!
//! | member | what |
//! |---|---|
//! | `channel`, `version`, `state` | the binary; `serving` or `draining` |
//! | `started`, `uptime_seconds`, `workers` | since when, with how many threads |
//! | `connections`, `requests_in_flight` | now |
//! | `recent` | requests of the last five minutes at most: `seconds`, `requests`, `client_errors` (4xx), `server_errors` (5xx) |
//! | `last_reload` | `at` and `outcome` of the last SIGHUP, if there was any |
//! | `systems[]` | each billing system, see [`SystemStatus`] |
//! | `quotas[]` | `client`, `used`, `limit`, `per_ms` of each client that has a quota |

use std::time::Duration;

use backends_http::{BreakerState, Health, Spread};
use serde::Serialize;

use crate::access_log::Timestamp;
use crate::admin::Site;
use crate::admin::history::{History, Reading};
use crate::channel::Channel;
use crate::quota::QuotaUse;
use crate::reload::LastReload;

/// What "recent" means.
const RECENTLY: Duration = Duration::from_secs(300);

/// What a system's health is judged by.
const LATELY: Duration = Duration::from_secs(60);

/// Everything.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    pub(crate) channel: &'static str,
    pub(crate) version: &'static str,
    pub(crate) state: &'static str,
    pub(crate) started: Timestamp,
    pub(crate) uptime_seconds: u64,
    pub(crate) workers: usize,
    pub(crate) connections: i64,
    pub(crate) requests_in_flight: i64,
    pub(crate) recent: Recent,
    pub(crate) last_reload: Option<LastReload>,
    pub(crate) systems: Vec<SystemStatus>,
    pub(crate) quotas: Vec<QuotaUse>,
}

/// Requests of callers.
#[derive(Debug, Serialize)]
pub(crate) struct Recent {
    pub(crate) seconds: u64,
    pub(crate) requests: u64,
    pub(crate) client_errors: u64,
    pub(crate) server_errors: u64,
}

/// One billing system. `calls`, `failures` and `retries` count from the start.
#[derive(Debug, Serialize)]
pub(crate) struct SystemStatus {
    pub(crate) name: &'static str,
    pub(crate) health: Word,
    /// `closed`, `half_open` or `open`.
    pub(crate) breaker: &'static str,
    pub(crate) in_flight: i64,
    pub(crate) queued: i64,
    pub(crate) connections: i64,
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) retries: u64,
    pub(crate) last_error: Option<LastError>,
    /// Calls of the last five minutes at most.
    pub(crate) recent: Interval,
    /// The last ten minutes at most, in intervals of about ten seconds, oldest first.
    pub(crate) latency: Vec<Interval>,
    /// Only where the system has a daily limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_usage: Option<ApiUse>,
}

/// A system's health in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Word {
    /// The breaker refuses calls.
    Down,
    /// The breaker lets single calls try.
    Recovering,
    /// Half of the last minute's calls failed, or more.
    Failing,
    /// One in twenty of them failed, or more.
    Degraded,
    Ok,
    /// Nobody asked it in the last minute.
    Quiet,
}

#[derive(Debug, Serialize)]
pub(crate) struct LastError {
    pub(crate) class: &'static str,
    pub(crate) at: Timestamp,
}

/// Calls that ended between two readings, and the times of theirs that half and 99 of a hundred did not exceed.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Interval {
    pub(crate) from: Timestamp,
    pub(crate) seconds: u64,
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) p50_us: Option<u64>,
    pub(crate) p99_us: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ApiUse {
    pub(crate) used: i64,
    pub(crate) limit: i64,
}

impl Status {
    pub(crate) fn of<C: Channel>(site: &Site<C>) -> Self {
        let shared = site.at_work.shared();
        let now = site.at_work.read();
        let history = site.history();
        let earlier = history.within(RECENTLY, &now);
        let recent = now.requests.since(&earlier.requests);
        let uptime = shared.started.elapsed();
        Self {
            channel: C::NAME,
            version: env!("CARGO_PKG_VERSION"),
            state: if shared.drain.has_begun() { "draining" } else { "serving" },
            started: Timestamp::at(now.at - uptime),
            uptime_seconds: uptime.as_secs(),
            workers: site.at_work.workers.len(),
            connections: shared.metrics.connections.get(),
            requests_in_flight: shared.metrics.in_flight.get(),
            recent: Recent {
                seconds: now.since(earlier).as_secs(),
                requests: recent.requests,
                client_errors: recent.client_errors,
                server_errors: recent.server_errors,
            },
            last_reload: shared.reloads.last(),
            systems: now.systems.iter().map(|health| SystemStatus::of(health, &now, &history)).collect(),
            quotas: site.at_work.workers[0].in_force.load().clients.quotas(uptime),
        }
    }
}

impl SystemStatus {
    fn of(health: &Health, now: &Reading, history: &History) -> Self {
        let until = history.readings().skip(1).chain([now]);
        let between = |(from, until): (&Reading, &Reading)| Interval::between(health.system, from, until);
        Self {
            name: health.system,
            health: Word::of(health.breaker, &Interval::between(health.system, history.within(LATELY, now), now)),
            breaker: match health.breaker {
                BreakerState::Closed => "closed",
                BreakerState::HalfOpen => "half_open",
                BreakerState::Open => "open",
            },
            in_flight: health.in_flight,
            queued: health.queued,
            connections: health.connections,
            calls: health.calls,
            failures: health.failures,
            retries: health.retries,
            last_error: health.last_failure.map(|(class, at)| LastError { class, at: Timestamp::at(at) }),
            recent: Interval::between(health.system, history.within(RECENTLY, now), now),
            latency: history.readings().zip(until).map(between).collect(),
            api_usage: health.api_usage.map(|(used, limit)| ApiUse { used, limit }),
        }
    }
}

impl Interval {
    fn between(system: &str, from: &Reading, until: &Reading) -> Self {
        let (before, after) = (from.system(system), until.system(system));
        let took = match (before, after) {
            (Some(before), Some(after)) => Some(after.took.since(&before.took)),
            (None, Some(after)) => Some(after.took.clone()),
            _ => None,
        };
        let failures = |health: Option<&Health>| health.map_or(0, |health| health.failures);
        Self {
            from: Timestamp::at(from.at),
            seconds: until.since(from).as_secs(),
            calls: took.as_ref().map_or(0, Spread::count),
            failures: failures(after).saturating_sub(failures(before)),
            p50_us: took.as_ref().and_then(|took| took.quantile(50)),
            p99_us: took.as_ref().and_then(|took| took.quantile(99)),
        }
    }
}

impl Word {
    fn of(breaker: BreakerState, lately: &Interval) -> Self {
        match breaker {
            BreakerState::Open => Self::Down,
            BreakerState::HalfOpen => Self::Recovering,
            BreakerState::Closed if lately.calls == 0 => Self::Quiet,
            BreakerState::Closed if lately.failures * 2 >= lately.calls => Self::Failing,
            BreakerState::Closed if lately.failures * 20 >= lately.calls => Self::Degraded,
            BreakerState::Closed => Self::Ok,
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Recovering => "recovering",
            Self::Failing => "failing",
            Self::Degraded => "degraded",
            Self::Ok => "ok",
            Self::Quiet => "quiet",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_every_health() {
        let lately = |calls, failures| Interval { from: Timestamp::now(), seconds: 60, calls, failures, p50_us: None, p99_us: None };
        for (breaker, calls, failures, word) in [
            (BreakerState::Open, 100, 0, Word::Down),
            (BreakerState::HalfOpen, 100, 0, Word::Recovering),
            (BreakerState::Closed, 0, 0, Word::Quiet),
            (BreakerState::Closed, 2, 1, Word::Failing),
            (BreakerState::Closed, 100, 49, Word::Degraded),
            (BreakerState::Closed, 100, 5, Word::Degraded),
            (BreakerState::Closed, 100, 4, Word::Ok),
            (BreakerState::Closed, 1, 0, Word::Ok),
        ] {
            assert_eq!(Word::of(breaker, &lately(calls, failures)), word, "{breaker:?} {calls} {failures}");
        }
    }
}
