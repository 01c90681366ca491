//! Finding accounts by a key that several may share.

use std::collections::BTreeMap;

/// For each key the places of its accounts in the system's list, in the order of that list.
#[derive(Default)]
pub(crate) struct Places(BTreeMap<String, Vec<usize>>);

impl Places {
    /// Notes an account under a key; an empty key finds nothing.
    pub(crate) fn note(&mut self, key: &str, at: usize) {
        if key.is_empty() {
            return;
        }
        let found = self.0.entry(key.to_owned()).or_default();
        if found.last() != Some(&at) {
            found.push(at);
        }
    }

    pub(crate) fn find(&self, key: &str) -> &[usize] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}
