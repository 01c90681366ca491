//! How much each client may ask: of everything together, and of each operation.
//!
//! `RateLimit-Policy` and `RateLimit` say so, as in draft-ietf-httpapi-ratelimit-headers-10: a policy named `client` for
//! everything together, one with the operation's name for the operation.

mod config;
mod rate;
mod sharing;
mod store;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;

pub(crate) use config::{QuotaSection, QuotaSections};
pub(crate) use rate::Quota;
pub(crate) use sharing::Sharing;
pub(crate) use store::{Store, StoreConfig, StoreSection};

use crate::error::whole_seconds;
use crate::metrics::OperationIndex;
use rate::{Take, nanoseconds};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The headers with what the OpenAPI document says about them.
pub(crate) const HEADERS: [(&str, &str); 2] = [
    (
        "RateLimit-Policy",
        "The client's quotas: `q` requests in `w` seconds, of all operations together (`client`) and of this one \
         (draft-ietf-httpapi-ratelimit-headers-10). Only for clients that have any.",
    ),
    ("RateLimit", "What is left of these quotas: `r` requests now, all of them again in `t` seconds."),
];

/// Name of the quota for all operations together; no operation is called so.
const ALL: &str = "client";

/// The quotas of one client.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    limits: Vec<Limit>,
    /// One for each operation and, last, one for requests of none; empty for a client without quotas.
    by_operation: Vec<Applicable>,
}

/// One quota and what it is called.
#[derive(Debug)]
pub(crate) struct Limit {
    pub(crate) name: String,
    pub(crate) quota: Arc<Quota>,
}

/// A client's quota, for people.
#[derive(Debug, Serialize)]
pub(crate) struct QuotaUse {
    pub(crate) client: String,
    /// `client` for everything together, or the operation.
    pub(crate) policy: String,
    pub(crate) used: u64,
    pub(crate) limit: u64,
    pub(crate) per_ms: u64,
}

/// What of a client's quotas is for an operation.
#[derive(Debug)]
struct Applicable {
    limits: Vec<usize>,
    policy: HeaderValue,
}

impl Quotas {
    /// A quota for everything together, and quotas by the names of `operations`.
    pub(crate) fn new(all: Option<Quota>, each: Vec<(String, Quota)>, operations: &[&str]) -> Self {
        let all = all.map(|quota| (ALL.to_owned(), quota));
        let limits: Vec<_> = all.into_iter().chain(each).map(|(name, quota)| Limit { name, quota: Arc::new(quota) }).collect();
        if limits.is_empty() {
            return Self::default();
        }
        let by_operation = operations.iter().map(Some).chain([None]).map(|operation| applicable(&limits, operation.copied())).collect();
        Self { limits, by_operation }
    }

    /// All of them.
    pub(crate) fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// Goes on with the earlier quotas that allow the same.
    pub(crate) fn go_on_from(&mut self, earlier: &Self) {
        for limit in &mut self.limits {
            let before = earlier.limits.iter().find(|before| before.name == limit.name && before.quota.is_same(&limit.quota));
            if let Some(before) = before {
                limit.quota = Arc::clone(&before.quota);
            }
        }
    }

    /// What is used up of each, as shown under the client's id.
    pub(crate) fn used(&self, client: &str, since_start: Duration) -> impl Iterator<Item = QuotaUse> {
        self.limits.iter().map(move |Limit { name, quota }| QuotaUse {
            client: client.to_owned(),
            policy: name.clone(),
            used: quota.used(nanoseconds(since_start)),
            limit: quota.requests().into(),
            per_ms: u64::try_from(quota.period().as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Takes one request of an operation out of each quota that is for it; out of none if one of them is used up.
    ///
    /// Returns what the answer says about the quotas, and how long to wait for a request that is over one.
    pub(crate) async fn take(
        &self,
        operation: OperationIndex,
        started: Instant,
        sharing: Option<&Sharing>,
    ) -> (Option<RateLimit>, Result<(), Duration>) {
        let Some(applicable) = self.by_operation.get(operation.unwrap_or(self.by_operation.len().saturating_sub(1))) else {
            return (None, Ok(()));
        };
        if applicable.limits.is_empty() {
            return (None, Ok(()));
        }
        let (verdict, now) = loop {
            let now = nanoseconds(started.elapsed());
            match (self.take_each(&applicable.limits, now, sharing), sharing) {
                (Take::ReportFirst, Some(sharing)) => sharing.report().await,
                (Take::Over(wait), _) => break (Err(wait), now),
                (Take::Taken | Take::ReportFirst, _) => break (Ok(()), now),
            }
        };
        (self.rate_limit(applicable, now, sharing), verdict)
    }

    fn take_each(&self, limits: &[usize], now: u64, sharing: Option<&Sharing>) -> Take {
        for (at, index) in limits.iter().enumerate() {
            let take = self.limits[*index].quota.take(now, sharing);
            if take != Take::Taken {
                for taken in &limits[..at] {
                    self.limits[*taken].quota.give_back(sharing);
                }
                return take;
            }
        }
        Take::Taken
    }

    fn rate_limit(&self, applicable: &Applicable, now: u64, sharing: Option<&Sharing>) -> Option<RateLimit> {
        let mut standing = String::with_capacity(64);
        for index in &applicable.limits {
            let limit = &self.limits[*index];
            let (remaining, full_in) = limit.quota.remaining(now, sharing);
            separate(&mut standing);
            let mut digits = itoa::Buffer::new();
            standing.push('"');
            standing.push_str(&limit.name);
            standing.push_str("\";r=");
            standing.push_str(digits.format(remaining));
            standing.push_str(";t=");
            standing.push_str(digits.format(whole_seconds(full_in)));
        }
        let standing = HeaderValue::from_maybe_shared(bytes::Bytes::from(standing)).ok()?;
        Some(RateLimit { policy: applicable.policy.clone(), standing })
    }
}

fn applicable(limits: &[Limit], operation: Option<&str>) -> Applicable {
    let is_for = |limit: &Limit| limit.name == ALL || Some(limit.name.as_str()) == operation;
    let limits: Vec<_> = limits.iter().enumerate().filter(|(_, limit)| is_for(limit)).collect();
    let mut policy = String::new();
    for (_, Limit { name, quota }) in &limits {
        separate(&mut policy);
        let _ = write!(policy, "\"{name}\";q={};w={}", quota.requests(), whole_seconds(quota.period()));
    }
    let policy = HeaderValue::try_from(policy).expect("operations have names in ASCII");
    Applicable { limits: limits.into_iter().map(|(index, _)| index).collect(), policy }
}

fn separate(list: &mut String) {
    if !list.is_empty() {
        list.push_str(", ");
    }
}

/// What an answer says about the client's quotas.
#[derive(Debug)]
pub(crate) struct RateLimit {
    policy: HeaderValue,
    standing: HeaderValue,
}

impl RateLimit {
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        headers.insert(RATE_LIMIT_POLICY, self.policy);
        headers.insert(RATE_LIMIT, self.standing);
    }
}
