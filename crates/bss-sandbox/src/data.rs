//! Reading the accounts: those embedded in the crate, and those of a directory that adds to or replaces them.
//!
//! Every file is checked when it is read; a mistake names the file and the member.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::BssName;
use crate::faults::{Fault, FaultRule};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// The accounts cannot be used as they are.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file or directory cannot be read.
    #[error("{path}: cannot be read")]
    Unreadable {
        /// The file or directory.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A directory or file whose name says nothing to the sandbox, most likely misspelt.
    #[error("{path}: {expected}")]
    Misplaced {
        /// The file or directory.
        path: String,
        /// What belongs there.
        expected: String,
    },
    /// The file is not JSON or TOML.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// What the parser said.
        reason: String,
    },
    /// A member is unknown, missing, or of the wrong form.
    #[error("{file}: {member}: {reason}")]
    Member {
        /// The file.
        file: String,
        /// The member's path in the file, for example `balances.netPayable`.
        member: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two files of one directory hold the same account.
    #[error("{file}: account {account} is in {other} already")]
    Duplicate {
        /// The file.
        file: String,
        /// The file read before it.
        other: String,
        /// The account's native number.
        account: String,
    },
}

/// An account of one system in native form.
pub(crate) trait Record: DeserializeOwned + Clone {
    /// The native account number.
    fn number(&self) -> &str;

    /// Gives a copy an account number of its own, so many after the first one's.
    fn renumber(&mut self, step: u64);

    /// Whether the record keeps its members' JSON texts; else numbers reach it as text, so that their digits survive.
    const KEEPS_TEXTS: bool = false;
}

/// The accounts of a system in the order of their files, and the faults that their files ask for.
pub(crate) struct Accounts<R> {
    pub(crate) records: Vec<R>,
    pub(crate) faults: Vec<FaultRule>,
}

/// Loads a system's accounts: the embedded ones, then those of `directory`, which win.
pub(crate) fn load<R: Record>(system: BssName, directory: Option<&Path>) -> Result<Accounts<R>, DataError> {
    let mut found: BTreeMap<String, (R, Option<Fault>)> = BTreeMap::new();
    add(embedded_files(system)?, &mut found)?;
    if let Some(directory) = directory {
        add(files_of(system, directory)?, &mut found)?;
    }
    let mut accounts = Accounts { records: Vec::with_capacity(found.len()), faults: Vec::new() };
    for (number, (record, fault)) in found {
        accounts.records.push(record);
        if let Some(fault) = fault {
            let rule = FaultRule::new(system, fault).account(number);
            accounts.faults.push(rule);
        }
    }
    Ok(accounts)
}

fn add<R: Record>(files: Vec<File>, found: &mut BTreeMap<String, (R, Option<Fault>)>) -> Result<(), DataError> {
    let mut origins: BTreeMap<String, String> = BTreeMap::new();
    for file in files {
        let first: R = file.record()?;
        for step in 0..=u64::from(file.extras.copies) {
            let mut record = first.clone();
            if step > 0 {
                record.renumber(step);
            }
            let number = record.number().to_owned();
            if number.is_empty() {
                return Err(DataError::Member {
                    file: file.origin,
                    member: "(account number)".to_owned(),
                    reason: "is missing".to_owned(),
                });
            }
            if let Some(other) = origins.insert(number.clone(), file.origin.clone()) {
                return Err(DataError::Duplicate { file: file.origin, other, account: number });
            }
            found.insert(number, (record, file.extras.fault.clone()));
        }
    }
    Ok(())
}

/// A record as it goes over the wire of a JSON system.
pub(crate) fn wire_json(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("a record has text keys only")
}

/// Adds to a decimal number written as text, keeping its leading zeros.
pub(crate) fn number_after(number: &str, step: u64) -> String {
    let digits_at = number.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let (prefix, digits) = number.split_at(digits_at);
    let width = digits.len();
    let value: u64 = digits.parse().unwrap_or_default();
    format!("{prefix}{:0width$}", value.saturating_add(step))
}

/// Refuses a directory that holds anything but folders named after systems.
pub(crate) fn check_layout(directory: &Path) -> Result<(), DataError> {
    for entry in entries(directory)? {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let known = name.parse::<BssName>().is_ok_and(|_| entry.is_dir());
        if !known && !name.starts_with('.') {
            let names: Vec<_> = BssName::ALL.iter().map(|name| name.as_str()).collect();
            return Err(DataError::Misplaced {
                path: entry.display().to_string(),
                expected: format!("expected only the directories {}", names.join(", ")),
            });
        }
    }
    Ok(())
}

/// What the sandbox itself reads in an account file, beside the native members.
#[derive(Deserialize, Default)]
struct Extras {
    /// Every request about this account meets it.
    #[serde(default)]
    fault: Option<Fault>,
    /// So many more accounts like this one, under the numbers that follow.
    #[serde(default)]
    copies: u32,
}

const EXTRAS: [&str; 2] = ["fault", "copies"];

struct File {
    origin: String,
    extras: Extras,
    /// The record as JSON, without the sandbox's own members.
    json: String,
}

impl File {
    fn read(origin: String, text: &str) -> Result<Self, DataError> {
        if origin.ends_with(".toml") { Self::from_toml(origin, text) } else { Self::from_json(origin, text) }
    }

    fn from_json(origin: String, text: &str) -> Result<Self, DataError> {
        let syntax = |error: serde_json::Error| DataError::Syntax { file: origin.clone(), reason: error.to_string() };
        let Members(members) = serde_json::from_str(text).map_err(syntax)?;
        let extras =
            read_extras(&origin, |name| members.iter().find(|(member, _)| member == name).map(|(_, value)| value.get().to_owned()))?;
        let mut json = String::from("{");
        for (name, value) in &members {
            if EXTRAS.contains(&name.as_str()) {
                continue;
            }
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&serde_json::to_string(name).map_err(syntax)?);
            json.push(':');
            push_compact(value.get(), &mut json);
        }
        json.push('}');
        Ok(Self { origin, extras, json })
    }

    fn from_toml(origin: String, text: &str) -> Result<Self, DataError> {
        let mut table: toml::Table =
            text.parse().map_err(|error| DataError::Syntax { file: origin.clone(), reason: format!("{error}") })?;
        refuse_floats(&origin, "", &toml::Value::Table(table.clone()))?;
        let as_json = |value: &toml::Value| serde_json::to_string(value).unwrap_or_default();
        let extras = read_extras(&origin, |name| table.get(name).map(as_json))?;
        table.retain(|name, _| !EXTRAS.contains(&name));
        Ok(Self { json: as_json(&toml::Value::Table(table)), origin, extras })
    }

    fn record<R: Record>(&self) -> Result<R, DataError> {
        if R::KEEPS_TEXTS {
            return member_by_member(&self.origin, "", &self.json);
        }
        member_by_member(&self.origin, "", &numbers_as_text(&self.json))
    }
}

fn read_extras(origin: &str, member: impl Fn(&str) -> Option<String>) -> Result<Extras, DataError> {
    let mut extras = Extras::default();
    if let Some(json) = member("fault") {
        extras.fault = member_by_member(origin, "fault", &json)?;
    }
    if let Some(json) = member("copies") {
        extras.copies = member_by_member(origin, "copies", &json)?;
    }
    Ok(extras)
}

/// Deserialises and, on failure, says at which member.
fn member_by_member<T: DeserializeOwned>(origin: &str, within: &str, json: &str) -> Result<T, DataError> {
    // Keeping track of the member costs as much as reading does, so only a mistake pays for it.
    if let Ok(value) = serde_json::from_str(json) {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        // The position is that in the rewritten text, which the reader of the message never sees.
        let reason = error.into_inner().to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        let member = match (within, path.as_str()) {
            ("", ".") => "(file)".to_owned(),
            ("", path) => path.to_owned(),
            (within, ".") => within.to_owned(),
            (within, path) => format!("{within}.{path}"),
        };
        DataError::Member { file: origin.to_owned(), member, reason: reason.to_owned() }
    })
}

/// A TOML reader turns `0.10` into a binary fraction before anyone can look at its digits.
fn refuse_floats(origin: &str, path: &str, value: &toml::Value) -> Result<(), DataError> {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        toml::Value::Float(_) => Err(DataError::Member {
            file: origin.to_owned(),
            member: path.to_owned(),
            reason: "write the number as text, so that its digits stay as they are".to_owned(),
        }),
        toml::Value::Table(table) => table.iter().try_for_each(|(name, value)| refuse_floats(origin, &below(name), value)),
        toml::Value::Array(values) => {
            values.iter().enumerate().try_for_each(|(at, value)| refuse_floats(origin, &below(&at.to_string()), value))
        }
        _ => Ok(()),
    }
}

/// Appends a JSON text without the blanks between its parts.
fn push_compact(json: &str, out: &mut String) {
    let mut in_text = false;
    let mut escaped = false;
    for c in json.chars() {
        if in_text {
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            in_text = c == '"';
        }
        if in_text || !c.is_ascii_whitespace() {
            out.push(c);
        }
    }
}

/// Puts quotes around every number of a JSON text, so that no reader can change its digits.
fn numbers_as_text(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    let mut in_text = false;
    let mut escaped = false;
    let mut in_number = false;
    for c in json.chars() {
        let number = !in_text && matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
        // `true` and `false` hold an e, but no number begins with one.
        let begins = number && !in_number && (c.is_ascii_digit() || c == '-');
        if begins || (in_number && !number) {
            out.push('"');
        }
        in_number = begins || (in_number && number);
        if in_text {
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            in_text = c == '"';
        }
        out.push(c);
    }
    if in_number {
        out.push('"');
    }
    out
}

/// The members of a JSON object in their order, each as its own text; a name given twice is an error.
#[derive(Clone)]
pub(crate) struct Members(pub(crate) Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one account as a JSON object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if members.iter().any(|(known, _)| *known == name) {
                        let message = format!("the member {name} is there twice");
                        return Err(serde::de::Error::custom(message));
                    }
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn embedded_files(system: BssName) -> Result<Vec<File>, DataError> {
    let Some(directory) = EMBEDDED.get_dir(system.as_str()) else {
        return Ok(Vec::new());
    };
    directory
        .files()
        .map(|file| {
            let origin = format!("(embedded) {}", file.path().display());
            File::read(origin, file.contents_utf8().unwrap_or_default())
        })
        .collect()
}

fn files_of(system: BssName, directory: &Path) -> Result<Vec<File>, DataError> {
    let folder = directory.join(system.as_str());
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for path in entries(&folder)? {
        let name = path.display().to_string();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if !name.ends_with(".json") && !name.ends_with(".toml") {
            return Err(DataError::Misplaced { path: name, expected: "expected a file ending in .json or .toml".to_owned() });
        }
        let text = std::fs::read_to_string(&path).map_err(|source| DataError::Unreadable { path: name.clone(), source })?;
        files.push(File::read(name, &text)?);
    }
    Ok(files)
}

/// A directory's entries in the order of their names.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, DataError> {
    let unreadable = |source| DataError::Unreadable { path: directory.display().to_string(), source };
    let mut paths = std::fs::read_dir(directory)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::{number_after, numbers_as_text, push_compact};

    #[test]
    fn numbers_keep_their_digits_as_text() {
        let json = r#"{"a":0.00,"b":[-1,2e5],"c":"7 \" 8","d":true,"e":null,"f":false}"#;
        assert_eq!(numbers_as_text(json), r#"{"a":"0.00","b":["-1","2e5"],"c":"7 \" 8","d":true,"e":null,"f":false}"#);
    }

    #[test]
    fn blanks_stay_within_texts_only() {
        let mut out = String::new();
        push_compact("{ \"a b\" :\n [ 1.10 , \" \\\" \" ] }", &mut out);
        assert_eq!(out, r#"{"a b":[1.10," \" "]}"#);
    }

    #[test]
    fn a_copy_keeps_prefix_and_leading_zeros() {
        assert_eq!(number_after("0009", 2), "0011");
        assert_eq!(number_after("AB-099", 1), "AB-100");
        assert_eq!(number_after("8211990010013290", 1), "8211990010013291");
    }
}
