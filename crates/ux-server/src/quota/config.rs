//! Quotas as the configuration file says them.

use std::collections::BTreeMap;
use std::time::Duration;

use backends_http::ConfigProblem;
use serde::Deserialize;

use super::{Quota, Quotas};

/// `quota = { requests = 100, per_ms = 1000 }`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotaSection {
    /// 1 to 1,000,000.
    requests: u32,
    /// 1 to 86,400,000.
    per_ms: u64,
}

/// `quotas = { accounts = { requests = 10, per_ms = 1000 } }`, by the operation's name.
pub(crate) type QuotaSections = BTreeMap<String, QuotaSection>;

impl Quotas {
    /// The quotas of the client at `key`: for everything together and for each of the channel's `operations`.
    pub(crate) fn checked(
        all: Option<QuotaSection>,
        each: QuotaSections,
        operations: &[&str],
        key: &str,
        problems: &mut Vec<ConfigProblem>,
    ) -> Self {
        let all = all.and_then(|section| section.checked(format!("{key}.quota"), problems));
        let mut quotas = Vec::new();
        for (name, section) in each {
            let key = format!("{key}.quotas.{name}");
            if !operations.contains(&name.as_str()) {
                problems.push(ConfigProblem { key, reason: format!("no such operation; there are {}", operations.join(", ")) });
            } else if let Some(quota) = section.checked(key, problems) {
                quotas.push((name, quota));
            }
        }
        Self::new(all, quotas, operations)
    }
}

impl QuotaSection {
    fn checked(self, key: String, problems: &mut Vec<ConfigProblem>) -> Option<Quota> {
        let fits = (1..=1_000_000).contains(&self.requests) && (1..=86_400_000).contains(&self.per_ms);
        if !fits {
            let reason = "1 to 1000000 requests per 1 to 86400000 milliseconds are expected".to_owned();
            problems.push(ConfigProblem { key, reason });
        }
        fits.then(|| Quota::new(self.requests, Duration::from_millis(self.per_ms)))
    }
}
