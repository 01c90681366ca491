//! What the systems did: every change that was applied and how often each operation was called.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::BssName;
use crate::exchange::Request;

/// One change that a system applied to its records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Position in the order of application, from 1.
    pub number: u64,
    /// The system that changed.
    pub system: BssName,
    /// The native operation that changed it.
    pub operation: String,
    /// The changed account's native number.
    pub account: String,
    /// The id by which the system tells a repeat from a new request; empty where it has none.
    pub request_id: String,
    /// The native members that were set, with their new values.
    pub values: BTreeMap<String, String>,
}

/// How often each operation of each system was called, faults included.
pub type Calls = BTreeMap<BssName, BTreeMap<String, u64>>;

/// One call that carried a trace context.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TracedCall {
    /// The system that was called.
    pub(crate) system: BssName,
    /// The native operation.
    pub(crate) operation: String,
    /// The header `traceparent`, as it came.
    pub(crate) traceparent: String,
    /// The header `tracestate`, if there was one.
    pub(crate) tracestate: Option<String>,
}

/// Only so many traced calls are remembered, the latest.
const TRACED: usize = 1_000;

/// The record of everything that happened since the start.
#[derive(Default)]
pub(crate) struct Ledger {
    changes: Mutex<Vec<Change>>,
    calls: Mutex<CallCounts>,
    traced: Mutex<VecDeque<TracedCall>>,
    /// Told after every call.
    one_more: Condvar,
}

type CallCounts = BTreeMap<(BssName, &'static str), u64>;

impl Ledger {
    /// Notes a change; its number is given here.
    pub(crate) fn changed(&self, system: BssName, operation: &str, account: &str, request_id: &str, values: BTreeMap<String, String>) {
        let mut changes = lock(&self.changes);
        let number = changes.len() as u64 + 1;
        changes.push(Change {
            number,
            system,
            operation: operation.to_owned(),
            account: account.to_owned(),
            request_id: request_id.to_owned(),
            values,
        });
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        lock(&self.changes).clone()
    }

    /// Remembers the trace context of a call, where it has one.
    pub(crate) fn traced(&self, system: BssName, operation: &str, request: &Request) {
        let Some(traceparent) = request.header("traceparent") else {
            return;
        };
        let mut traced = lock(&self.traced);
        if traced.len() == TRACED {
            traced.pop_front();
        }
        traced.push_back(TracedCall {
            system,
            operation: operation.to_owned(),
            traceparent: traceparent.to_owned(),
            tracestate: request.header("tracestate").map(str::to_owned),
        });
    }

    pub(crate) fn traced_calls(&self) -> Vec<TracedCall> {
        lock(&self.traced).iter().cloned().collect()
    }

    pub(crate) fn called(&self, system: BssName, operation: &'static str) {
        *lock(&self.calls).entry((system, operation)).or_default() += 1;
        self.one_more.notify_all();
    }

    /// Waits until an operation was called so often; false if the time is up before.
    pub(crate) fn wait_for_calls(&self, system: BssName, operation: &str, count: u64, at_most: Duration) -> bool {
        let too_few = |calls: &mut CallCounts| {
            let of_operation = |((of, name), _): &(&(BssName, &str), &u64)| *of == system && *name == operation;
            calls.iter().find(of_operation).map_or(0, |(_, calls)| *calls) < count
        };
        let waited = self.one_more.wait_timeout_while(lock(&self.calls), at_most, too_few);
        waited.is_ok_and(|(_, outcome)| !outcome.timed_out())
    }

    pub(crate) fn calls(&self) -> Calls {
        let mut calls = Calls::new();
        for ((system, operation), count) in lock(&self.calls).iter() {
            let of_system = calls.entry(*system).or_default();
            of_system.insert((*operation).to_owned(), *count);
        }
        calls
    }

    pub(crate) fn forget_calls(&self) {
        lock(&self.calls).clear();
    }
}

/// Locks without regard to poisoning: the guarded values are whole after every statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
