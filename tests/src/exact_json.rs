use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

/// A JSON value in which numbers compare by their digits: `0.00` is not `0.0`. The order of members does not count.
#[derive(Clone, PartialEq, Eq)]
pub enum ExactJson {
    /// An object.
    Object(BTreeMap<String, Self>),
    /// A list.
    List(Vec<Self>),
    /// Text, unescaped.
    Text(String),
    /// A number, `true`, `false` or `null`, as written.
    Bare(String),
}

impl ExactJson {
    /// Reads JSON.
    ///
    /// # Errors
    /// If it is not JSON.
    pub fn parse(json: &str) -> serde_json::Result<Self> {
        Ok(match json.trim_start().as_bytes().first() {
            Some(b'{') => {
                let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json)?;
                Self::Object(
                    members.into_iter().map(|(name, value)| Ok((name, Self::parse(value.get())?))).collect::<serde_json::Result<_>>()?,
                )
            }
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(json)?;
                Self::List(items.iter().map(|item| Self::parse(item.get())).collect::<serde_json::Result<_>>()?)
            }
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            _ => Self::Bare(serde_json::from_str::<Box<RawValue>>(json)?.get().to_owned()),
        })
    }

    /// Where two values differ, as JSON pointers with both sides; empty if they are the same.
    #[must_use]
    pub fn differences(&self, expected: &Self) -> Vec<String> {
        let mut found = Vec::new();
        compare("", Some(self), Some(expected), &mut found);
        found
    }
}

fn compare(pointer: &str, actual: Option<&ExactJson>, expected: Option<&ExactJson>, found: &mut Vec<String>) {
    match (actual, expected) {
        (Some(ExactJson::Object(actual)), Some(ExactJson::Object(expected))) => {
            let names: std::collections::BTreeSet<_> = actual.keys().chain(expected.keys()).collect();
            for name in names {
                compare(&format!("{pointer}/{name}"), actual.get(name), expected.get(name), found);
            }
        }
        (Some(ExactJson::List(actual)), Some(ExactJson::List(expected))) => {
            for index in 0..actual.len().max(expected.len()) {
                compare(&format!("{pointer}/{index}"), actual.get(index), expected.get(index), found);
            }
        }
        (actual, expected) if actual == expected => {}
        (actual, expected) => found.push(format!("{pointer}: got {}, expected {}", show(actual), show(expected))),
    }
}

fn show(value: Option<&ExactJson>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"))
}

impl fmt::Debug for ExactJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(members) => f.debug_map().entries(members).finish(),
            Self::List(items) => f.debug_list().entries(items).finish(),
            Self::Text(text) => fmt::Debug::fmt(text, f),
            Self::Bare(json) => f.write_str(json),
        }
    }
}

/// Asserts that two JSON texts are equal: members in any order, numbers digit for digit.
///
/// # Panics
/// If they differ (the message lists where) or one of them is not JSON.
#[track_caller]
pub fn same_json(actual: &str, expected: &str) {
    let parse = |side: &str, json: &str| ExactJson::parse(json).unwrap_or_else(|error| panic!("{side} is not JSON ({error}): {json}"));
    let differences = parse("the actual text", actual).differences(&parse("the expected text", expected));
    assert!(differences.is_empty(), "JSON differs:\n  {}", differences.join("\n  "));
}
