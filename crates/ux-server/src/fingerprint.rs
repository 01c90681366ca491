//! What a configuration said, key by key, so that another one can be held against it. Keeps no value: some are secret.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use toml::{Table, Value};

/// A digest for each key of a configuration file; of a file that it names, of what the file holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fingerprint(BTreeMap<String, [u8; 32]>);

impl Fingerprint {
    /// Of a document whose `env:` and `file:` are replaced.
    pub(crate) fn of(document: &Table) -> Self {
        let mut keys = BTreeMap::new();
        for (key, value) in document {
            add(&mut keys, key.clone(), value);
        }
        Self(keys)
    }

    /// The keys that only one of both has, or that have different values.
    pub(crate) fn differing<'a>(&'a self, other: &'a Self) -> BTreeSet<&'a str> {
        let keys = self.0.keys().chain(other.0.keys());
        keys.filter(|key| self.0.get(*key) != other.0.get(*key)).map(String::as_str).collect()
    }
}

fn add(keys: &mut BTreeMap<String, [u8; 32]>, key: String, value: &Value) {
    match value {
        Value::Table(table) => table.iter().for_each(|(name, value)| add(keys, format!("{key}.{name}"), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| add(keys, format!("{key}[{at}]"), item)),
        Value::String(path) if key.ends_with("_file") => {
            // A file that cannot be read is a mistake, which is told elsewhere.
            let content = std::fs::read(path).unwrap_or_default();
            keys.insert(key, Sha256::new().chain_update(path).chain_update([0]).chain_update(content).finalize().into());
        }
        plain => {
            keys.insert(key, Sha256::digest(plain.to_string()).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(document: &str) -> Fingerprint {
        Fingerprint::of(&document.parse().unwrap())
    }

    #[test]
    fn what_was_changed_added_or_taken_out_is_named() {
        let before = fingerprint("[server]\nlisten = 'a'\nworkers = 2\n[[clients]]\nid = 'x'\nunits = ['PR']");
        let after = fingerprint("[server]\nlisten = 'b'\nworkers = 2\n[[clients]]\nid = 'x'\nunits = ['PR', 'JM']\n[log]\nlevel = 'info'");
        let expected = BTreeSet::from(["clients[0].units[1]", "log.level", "server.listen"]);
        assert_eq!(before.differing(&after), expected);
        assert_eq!(after.differing(&before), expected);
    }

    #[test]
    fn a_file_counts_for_what_it_holds() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let document = format!("ca_file = '{}'", file.path().display());
        let before = fingerprint(&document);
        assert!(before.differing(&fingerprint(&document)).is_empty());
        std::fs::write(file.path(), "another").unwrap();
        assert_eq!(before.differing(&fingerprint(&document)), BTreeSet::from(["ca_file"]));
    }
}
