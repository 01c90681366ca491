//! How a system is doing. It outlives the [`System`](crate::System) where the same configuration makes another one, so
//! that a configuration that is read again neither closes an open breaker nor doubles what may be in flight.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use crate::breaker::Breaker;
use crate::bulkhead::Bulkhead;
use crate::config::SystemConfig;
use crate::health::LastFailure;
use crate::retry::Retries;

#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) bulkhead: Arc<Bulkhead>,
    pub(crate) retries: Arc<Retries>,
    pub(crate) last_failure: Arc<LastFailure>,
    /// Changes that have ended, whatever became of them. Goes on with another configuration too.
    pub(crate) changes: Arc<AtomicU64>,
}

/// The conditions of a process's systems, each with the configuration that it belongs to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions(Arc<Mutex<BTreeMap<&'static str, (SystemConfig, Condition)>>>);

impl Conditions {
    /// The condition of the system `name` if `config` is what it was, or a fresh one.
    pub(crate) fn of(&self, name: &'static str, config: &SystemConfig, fresh: impl FnOnce() -> Condition) -> Condition {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(name) {
            Some((same, condition)) if same == config => condition.clone(),
            other => {
                let mut condition = fresh();
                if let Some((_, before)) = other {
                    condition.changes = Arc::clone(&before.changes);
                }
                known.insert(name, (config.clone(), condition.clone()));
                condition
            }
        }
    }
}
