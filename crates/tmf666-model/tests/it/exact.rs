//! JSON in which numbers compare by their digits, and which can be changed node by node.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use serde_json::value::RawValue;

/// `0.00` is not `0.0`; the order of members does not count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Exact {
    Object(BTreeMap<String, Exact>),
    List(Vec<Exact>),
    Text(String),
    /// A number, `true`, `false` or `null`, as written.
    Bare(String),
}

impl Exact {
    pub(crate) fn parse(json: &str) -> Self {
        match json.trim_start().as_bytes()[0] {
            b'{' => {
                let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json).unwrap();
                Self::Object(members.into_iter().map(|(name, value)| (name, Self::parse(value.get()))).collect())
            }
            b'[' => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap();
                Self::List(items.into_iter().map(|item| Self::parse(item.get())).collect())
            }
            b'"' => Self::Text(serde_json::from_str(json).unwrap()),
            _ => Self::Bare(json.trim().to_owned()),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    fn write(&self, json: &mut String) {
        match self {
            Self::Object(members) => {
                json.push('{');
                for (position, (name, value)) in members.iter().enumerate() {
                    let comma = if position == 0 { "" } else { "," };
                    write!(json, "{comma}{}:", serde_json::to_string(name).unwrap()).unwrap();
                    value.write(json);
                }
                json.push('}');
            }
            Self::List(items) => {
                json.push('[');
                for (position, item) in items.iter().enumerate() {
                    json.push_str(if position == 0 { "" } else { "," });
                    item.write(json);
                }
                json.push(']');
            }
            Self::Text(text) => json.push_str(&serde_json::to_string(text).unwrap()),
            Self::Bare(text) => json.push_str(text),
        }
    }

    /// How many values there are, this one included.
    pub(crate) fn size(&self) -> usize {
        1 + match self {
            Self::Object(members) => members.values().map(Self::size).sum(),
            Self::List(items) => items.iter().map(Self::size).sum(),
            Self::Text(_) | Self::Bare(_) => 0,
        }
    }

    /// The value at a place, counted depth first from 0.
    pub(crate) fn at(&mut self, place: usize) -> Option<&mut Self> {
        if place == 0 {
            return Some(self);
        }
        let children: Vec<&mut Self> = match self {
            Self::Object(members) => members.values_mut().collect(),
            Self::List(items) => items.iter_mut().collect(),
            Self::Text(_) | Self::Bare(_) => return None,
        };
        let mut place = place - 1;
        for child in children {
            let size = child.size();
            if place < size {
                return child.at(place);
            }
            place -= size;
        }
        None
    }
}

/// The files of a folder of fixtures (shared with the workspace's other tests), with their names.
pub(crate) fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())).collect()
}

/// Every version-4 account of the fixtures: the answers of the documents (lists item by item) and those in TM Forum's shape.
pub(crate) fn accounts() -> Vec<(String, String)> {
    let mut accounts: Vec<_> = fixtures("tmf666").into_iter().filter(|(name, _)| name.contains(".v4.")).collect();
    for (name, json) in fixtures("documents") {
        if name.contains(".error.") || name.contains(".patch.") {
            continue;
        }
        match Exact::parse(&json) {
            Exact::List(items) => {
                accounts.extend(items.iter().enumerate().map(|(position, item)| (format!("{name} {position}"), item.to_json())));
            }
            _ => accounts.push((name, json)),
        }
    }
    accounts
}
