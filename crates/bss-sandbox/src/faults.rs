//! Faults: what can be made to go wrong, and at which requests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::BssName;
use crate::ledger::lock;

/// Something that goes wrong with one request.
///
/// In JSON the member `kind` names it in camel case, beside its parameters: `{"kind": "delay", "ms": 250}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Fault {
    /// The request is carried out and the answer comes after a pause.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The request is carried out and the answer waits until the faults are cleared.
    Hold,
    /// The system's own failure in its own form, HTTP status included.
    Native {
        /// The system's code: CSG `1004`, Liberate `LIB-0409`, Aria `1001`, a status where the system has no other codes.
        code: String,
    },
    /// A bare HTTP status without a body.
    Status {
        /// 200 to 599.
        code: u16,
        /// Seconds for a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
    /// A page from the web server in front of the system.
    Html {
        /// HTTP status, 503 if absent.
        #[serde(default = "unavailable")]
        code: u16,
    },
    /// A line of text from the web server in front of the system.
    PlainText {
        /// HTTP status, 503 if absent.
        #[serde(default = "unavailable")]
        code: u16,
    },
    /// 429 with `Retry-After`.
    RateLimited {
        /// Seconds.
        retry_after: u64,
    },
    /// 200 with the right media type and an empty body.
    Empty,
    /// 200 with the right media type and a body that is well-formed but means nothing.
    Absurd,
    /// 200 with the right media type and a body of bytes that are no text.
    Garbage,
    /// The usual answer under another media type.
    WrongContentType,
    /// The usual answer, followed by so many blanks.
    Huge {
        /// Bytes.
        bytes: u64,
    },
    /// The usual answer, dripping.
    Slow {
        /// At least 1.
        bytes_per_second: u32,
    },
    /// The connection is reset; the request is not carried out.
    Reset,
    /// The request is carried out and the connection reset before the answer.
    ResetAfter,
    /// The request is carried out and the connection reset in the middle of the answer.
    ResetMidAnswer,
    /// The request is carried out and the connection closed in the middle of the answer's body.
    Truncate,
    /// The request is carried out and the connection closed without an answer.
    LostAnswer,
    /// Bytes that are not HTTP; the request is not carried out.
    NotHttp,
}

fn unavailable() -> u16 {
    503
}

impl Fault {
    /// One of every kind, with parameters that are hard on a client, and each form of those that have several: what a test
    /// goes through that wants to leave nothing out.
    pub fn examples(system: BssName) -> Vec<Self> {
        vec![
            Self::Delay { ms: 120_000 },
            Self::Hold,
            Self::Native { code: system.down().to_owned() },
            Self::Status { code: 500, retry_after: None },
            Self::Status { code: 503, retry_after: None },
            Self::Status { code: 503, retry_after: Some(7) },
            Self::Html { code: 503 },
            Self::Html { code: 200 },
            Self::PlainText { code: 503 },
            Self::PlainText { code: 200 },
            Self::RateLimited { retry_after: 7 },
            Self::Empty,
            Self::Absurd,
            Self::Garbage,
            Self::WrongContentType,
            Self::Huge { bytes: 50_000_000 },
            Self::Slow { bytes_per_second: 1 },
            Self::Reset,
            Self::ResetAfter,
            Self::ResetMidAnswer,
            Self::Truncate,
            Self::LostAnswer,
            Self::NotHttp,
        ]
    }
}

/// A fault and the requests it is for. Absent members match every request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// The system.
    pub system: BssName,
    /// The native operation, for example `getBalanceEnquiry`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// An account the request is about, by its native number; for a search one of its hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The request's `X-Correlation-ID` or `X-Request-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// What goes wrong.
    pub fault: Fault,
    /// After so many requests the fault is over; absent = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl FaultRule {
    /// A fault for every request to a system.
    pub fn new(system: BssName, fault: Fault) -> Self {
        Self { system, operation: None, account: None, correlation_id: None, fault, times: None }
    }

    /// Only for this native operation.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Only for requests about this account.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Only for the request with this correlation id.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.correlation_id = Some(id.into());
        self
    }

    /// Only so many times.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn is_for(&self, system: BssName, aim: &Aim, correlation_id: Option<&str>) -> bool {
        let fits = |wanted: &Option<String>, given: Option<&str>| wanted.is_none() || wanted.as_deref() == given;
        self.system == system
            && fits(&self.operation, Some(aim.operation))
            && fits(&self.correlation_id, correlation_id)
            && self.account.as_ref().is_none_or(|wanted| aim.accounts.contains(wanted))
    }
}

/// What a request is about, as far as a fault can be aimed at it.
pub(crate) struct Aim {
    pub(crate) operation: &'static str,
    pub(crate) accounts: Vec<String>,
}

impl Aim {
    pub(crate) fn new(operation: &'static str, accounts: Vec<String>) -> Self {
        Self { operation, accounts }
    }
}

/// The faults in force.
pub(crate) struct Faults {
    /// Those that account files ask for; they stay.
    of_files: Vec<FaultRule>,
    /// Those switched on while running.
    switched_on: Mutex<Vec<FaultRule>>,
    /// How many of both, so that a request without any pays for one load.
    count: AtomicUsize,
    /// Counts the removals, for the answers on hold.
    removals: watch::Sender<u64>,
}

impl Faults {
    pub(crate) fn new(of_files: Vec<FaultRule>) -> Self {
        Self { count: AtomicUsize::new(of_files.len()), of_files, switched_on: Mutex::default(), removals: watch::Sender::new(0) }
    }

    pub(crate) fn any(&self) -> bool {
        self.count.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn add(&self, rule: FaultRule) {
        lock(&self.switched_on).push(rule);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes away what was switched on while running; held answers go out.
    pub(crate) fn clear(&self) {
        let removed = std::mem::take(&mut *lock(&self.switched_on)).len();
        self.count.fetch_sub(removed, Ordering::Relaxed);
        self.removals.send_modify(|count| *count += 1);
    }

    pub(crate) fn list(&self) -> Vec<FaultRule> {
        let mut all = lock(&self.switched_on).clone();
        all.extend(self.of_files.iter().cloned());
        all
    }

    /// The fault for a request: the first that fits, those switched on while running before those of files.
    pub(crate) fn strike(&self, system: BssName, aim: &Aim, correlation_id: Option<&str>) -> Option<Fault> {
        let mut rules = lock(&self.switched_on);
        let Some(at) = rules.iter().position(|rule| rule.is_for(system, aim, correlation_id)) else {
            return self.of_files.iter().find(|rule| rule.is_for(system, aim, correlation_id)).map(|rule| rule.fault.clone());
        };
        let rule = &mut rules[at];
        let fault = rule.fault.clone();
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                rules.remove(at);
                self.count.fetch_sub(1, Ordering::Relaxed);
            }
        }
        Some(fault)
    }

    /// A receiver that sees the next removal: what an answer on hold waits for.
    pub(crate) fn next_removal(&self) -> watch::Receiver<u64> {
        self.removals.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_kind_is_without_an_example() {
        // serde knows all kinds and names them.
        let error = serde_json::from_str::<Fault>(r#"{"kind": "none"}"#).expect_err("there is no such kind").to_string();
        let (_, known) = error.split_once("expected one of ").expect("the kinds are named");
        let known: BTreeSet<String> = known.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        for &system in BssName::ALL {
            let examples = Fault::examples(system).into_iter().map(|fault| serde_json::to_value(fault).expect("a fault is JSON"));
            let kinds: BTreeSet<String> = examples.filter_map(|fault| fault["kind"].as_str().map(str::to_owned)).collect();
            assert_eq!(kinds, known);
        }
    }
}
