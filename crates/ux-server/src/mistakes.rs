//! Reads a TOML document into a type and reports every mistake in it at once.
//!
//! serde stops at the first mistake. So the mistake is noted, the part that holds it is taken out, and the rest is
//! read again, until nothing is left to say.

use std::path::Path;

use backends_http::ConfigProblem;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::{Table, Value};

use crate::environment::{Environment, Overrides};

/// Reads `document`. `None` if what is right in it is not enough to go on with; then there is at least one problem.
///
/// A value that is missing is replaced by an empty text, so that what comes after it is read too; what is said about
/// such a text later has been said already.
pub(crate) fn read<T: DeserializeOwned>(document: Table, overrides: &mut Overrides, problems: &mut Vec<ConfigProblem>) -> Option<T> {
    let mut document = Value::Table(document);
    let mut taken_out: Vec<Vec<Step>> = Vec::new();
    let mut filled_in: Vec<Vec<Step>> = Vec::new();
    // Each round takes something out or fills something in that no later round does, so there is a last one.
    loop {
        let failure = match serde_path_to_error::deserialize::<_, T>(document.clone()) {
            Ok(value) => return Some(value),
            Err(failure) => failure,
        };
        let mut path: Vec<Step> = failure.path().iter().filter_map(Step::of).collect();
        let message = failure.inner().message();
        if message.starts_with(WRONG_TYPE)
            && let Some(otherwise) = overrides.otherwise(&as_written(&path, &taken_out))
            && let Some(value) = lookup(&mut document, &path)
        {
            *value = otherwise;
            continue;
        }
        if let Some(field) = quoted(message, "missing field `") {
            path.push(Step::Key(field.to_owned()));
            report(problems, problem(&as_written(&path, &taken_out), "is missing".to_owned()));
            fill_in(&mut document, &path);
            filled_in.push(path);
            continue;
        }
        if filled_in.contains(&path) {
            // A text does not do here, so the section around it cannot be read.
            path.pop();
        } else {
            report(problems, problem(&as_written(&path, &taken_out), without_values(message)));
        }
        let written = as_written(&path, &taken_out);
        if !take_out(&mut document, &path) {
            return None;
        }
        taken_out.push(written);
    }
}

/// Adds a problem unless something has been said about its key.
pub(crate) fn report(problems: &mut Vec<ConfigProblem>, problem: ConfigProblem) {
    if problems.iter().all(|known| known.key != problem.key) {
        problems.push(problem);
    }
}

fn fill_in(document: &mut Value, path: &[Step]) {
    if let Some((Step::Key(field), parents)) = path.split_last()
        && let Some(Value::Table(table)) = lookup(document, parents)
    {
        table.insert(field.clone(), Value::String(String::new()));
    }
}

fn lookup<'a>(document: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(document, |value, step| match step {
        Step::Key(key) => value.get_mut(key.as_str()),
        Step::Index(index) => value.get_mut(*index),
    })
}

/// The path in the document as it was written: items that were taken out of a list are still counted.
fn as_written(path: &[Step], taken_out: &[Vec<Step>]) -> Vec<Step> {
    let mut written: Vec<Step> = Vec::new();
    for step in path {
        let Step::Index(index) = step else {
            written.push(step.clone());
            continue;
        };
        let mut gone: Vec<usize> = taken_out
            .iter()
            .filter_map(|path| match path.split_last() {
                Some((Step::Index(index), list)) if *list == *written => Some(*index),
                _ => None,
            })
            .collect();
        gone.sort_unstable();
        let index = gone.into_iter().fold(*index, |index, gone| if gone <= index { index + 1 } else { index });
        written.push(Step::Index(index));
    }
    written
}

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    fn of(segment: &Segment) -> Option<Self> {
        match segment {
            Segment::Map { key } => Some(Self::Key(key.clone())),
            Segment::Seq { index } => Some(Self::Index(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        }
    }
}

fn problem(path: &[Step], reason: String) -> ConfigProblem {
    ConfigProblem { key: dotted(path), reason }
}

/// As in `clients[0].id`.
pub(crate) fn dotted(path: &[Step]) -> String {
    let mut key = String::new();
    for step in path {
        match step {
            Step::Key(name) if key.is_empty() => key.push_str(name),
            Step::Key(name) => {
                key.push('.');
                key.push_str(name);
            }
            Step::Index(index) => key.push_str(&format!("[{index}]")),
        }
    }
    key
}

fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.split('`').next()
}

/// How serde begins what it says about a value of the wrong type.
const WRONG_TYPE: &str = "invalid type: ";

/// What is said about a key that its section does not have.
const NO_SUCH_KEY: &str = "no such key";

/// serde's message without the value that it quotes, which may be a secret under the wrong key.
fn without_values(message: &str) -> String {
    if message.starts_with("unknown field `") {
        return match message.split_once(", expected ") {
            Some((_, expected)) => format!("{NO_SUCH_KEY}; expected {expected}"),
            None => NO_SUCH_KEY.to_owned(),
        };
    }
    let quotes_a_value = [WRONG_TYPE, "invalid value: ", "unknown variant "].iter().any(|start| message.starts_with(start));
    match message.split_once(", expected ") {
        Some((_, expected)) if quotes_a_value => format!("expected {}", in_plain_words(expected)),
        _ => message.to_owned(),
    }
}

/// What serde expects, for people who do not write Rust.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not below 0",
        "a sequence" => "a list",
        "a map" => "a section",
        other if other.starts_with("struct ") => "a section",
        other => other,
    }
}

/// Removes what `path` leads to; false if that is the whole document.
fn take_out(document: &mut Value, path: &[Step]) -> bool {
    let Some((last, parents)) = path.split_last() else {
        return false;
    };
    let Some(parent) = lookup(document, parents) else {
        return false;
    };
    match (parent, last) {
        (Value::Table(table), Step::Key(key)) => table.remove(key).is_some(),
        (Value::Array(items), Step::Index(index)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        _ => false,
    }
}

/// Replaces every text `env:NAME` and `file:PATH` by what the variable or file holds (without the line's end), and by
/// nothing where it leads nowhere.
pub(crate) fn resolve_references(document: &mut Table, environment: &Environment, problems: &mut Vec<ConfigProblem>) {
    for (key, value) in document.iter_mut() {
        resolve(value, environment, &mut vec![Step::Key(key.to_owned())], problems);
    }
}

fn resolve(value: &mut Value, environment: &Environment, path: &mut Vec<Step>, problems: &mut Vec<ConfigProblem>) {
    match value {
        Value::String(text) => match referenced(text, environment) {
            None => {}
            Some(Ok(found)) => *text = found,
            Some(Err(reason)) => {
                problems.push(problem(path, reason));
                text.clear();
            }
        },
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                path.push(Step::Index(index));
                resolve(item, environment, path, problems);
                path.pop();
            }
        }
        Value::Table(table) => {
            for (key, item) in table.iter_mut() {
                path.push(Step::Key(key.to_owned()));
                resolve(item, environment, path, problems);
                path.pop();
            }
        }
        _ => {}
    }
}

fn referenced(text: &str, environment: &Environment) -> Option<Result<String, String>> {
    if let Some(name) = text.strip_prefix("env:") {
        return Some(environment.get(name).cloned().ok_or_else(|| format!("the environment has no {name}")));
    }
    let path = text.strip_prefix("file:")?;
    Some(
        std::fs::read_to_string(Path::new(path))
            .map(|content| content.trim_end_matches(['\r', '\n']).to_owned())
            .map_err(|error| format!("{path} cannot be read: {error}")),
    )
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Document {
        server: Server,
        #[serde(default)]
        clients: Vec<Client>,
        #[serde(default)]
        system: Option<System>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Server {
        listen: String,
        #[serde(default)]
        workers: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Client {
        id: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct System {
        password: String,
        base_url: String,
    }

    fn problems_of(document: &str) -> String {
        let mut problems = Vec::new();
        let mut table = document.parse().unwrap();
        let environment = Environment::from([("HERE", "found")].map(|(name, value)| (name.to_owned(), value.to_owned())));
        resolve_references(&mut table, &environment, &mut problems);
        let read = read::<Document>(table, &mut Overrides::default(), &mut problems);
        let mut lines: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.key, problem.reason)).collect();
        lines.push(format!("read: {}", read.is_some()));
        lines.join("\n")
    }

    #[test]
    fn every_mistake_is_reported_at_once_and_no_value_is_printed() {
        insta::assert_snapshot!(problems_of(
            "
            surprise = 'hunter2'
            [server]
            listen = 17
            workers = 'hunter2'
            colour = 'hunter2'
            [[clients]]
            id = 'a'
            [[clients]]
            name = 'hunter2'
            [[clients]]
            id = 4
            [system]
            password = 'env:NOWHERE'
            "
        ));
    }

    #[test]
    fn a_reference_is_replaced() {
        assert_eq!(problems_of("[server]\nlisten = 'env:HERE'"), "read: true");
    }
}
