//! What a process may never tell: the sandbox's customers, and the secrets by which billing systems are asked.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde_json::Value;

use crate::fixtures;

/// The secret of the demo client, beside its hash the only one that callers have.
const DEMO_SECRET: &str = "demo-secret";

/// What a credential that was made while running begins with: schemes of a header, and the tokens of the simulated Salesforce. The
/// simulated Cerillion's begin with its client id.
const MADE_WHILE_RUNNING: [&str; 3] = ["Bearer ", "Basic ", "00D5e0000000001!AQ"];

/// Shorter texts stand in other words by chance.
const LEAST_CHARACTERS: usize = 8;

/// Shorter rows of digits are durations or counts by chance.
const LEAST_DIGITS: usize = 9;

/// Everything about the customers and everything secret that the fixtures hold, gathered from the sandbox's accounts and
/// credentials and from the documented request bodies.
///
/// # Panics
/// If one of those files cannot be read.
#[must_use]
pub fn confidential() -> &'static BTreeSet<String> {
    &CONFIDENTIAL.0
}

static CONFIDENTIAL: LazyLock<(BTreeSet<String>, AhoCorasick)> = LazyLock::new(|| {
    let mut found = BTreeSet::from([DEMO_SECRET.to_owned(), crate::DEMO_SECRET_HASH.to_owned()]);
    for file in account_files().iter().chain(&request_bodies()) {
        values(&serde_json::from_str(&read(file)).expect("JSON"), &mut found);
    }
    found.extend(credentials());
    let search = AhoCorasick::new(&found).expect("so few texts make a small automaton");
    (found, search)
});

fn sandbox(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/bss-sandbox").join(path)
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("a readable folder").path()).collect()
}

fn account_files() -> Vec<PathBuf> {
    files_in(&sandbox("data")).iter().flat_map(|system| files_in(system)).collect()
}

fn request_bodies() -> Vec<PathBuf> {
    let mut bodies = files_in(&fixtures().join("documents"));
    bodies.retain(|path| path.to_string_lossy().ends_with(".request.json"));
    bodies
}

/// The texts in the file that holds the sandbox's credentials.
fn credentials() -> Vec<String> {
    let source = read(&sandbox("src/credentials.rs"));
    let constants = source.lines().filter(|line| line.starts_with("pub const "));
    constants.filter_map(|line| line.split('"').nth(1)).filter(|text| text.len() >= LEAST_CHARACTERS).map(str::to_owned).collect()
}

fn values(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(members) => members.values().for_each(|value| values(value, found)),
        Value::Array(items) => items.iter().for_each(|value| values(value, found)),
        Value::String(text) if is_telling(text) => {
            found.insert(text.trim().to_owned());
        }
        _ => {}
    }
}

/// Whether a text says who somebody is. Codes, dates and amounts do not: they are single words, or alike for many.
fn is_telling(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_date = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let words = text.split_whitespace().count();
    text.chars().count() >= LEAST_CHARACTERS
        && !is_date
        && (digits >= LEAST_DIGITS || letters > 0 && (digits > 0 || words > 1 || text.contains('@')))
}

/// The confidential texts that `output` holds, each once.
///
/// Two places are exempt, because they are meant to tell: the account's number in an audit line, and the example requests
/// that sandbox mode prints at the start.
#[must_use]
pub fn leaks(output: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    for line in output.lines() {
        let line = without_the_exempt(line);
        let matches = CONFIDENTIAL.1.find_overlapping_iter(&*line).map(|found| found.range());
        let whole_words = matches.filter(|at| stands_alone(&line, at));
        found.extend(whole_words.map(|at| line[at].to_owned()));
        found.extend(MADE_WHILE_RUNNING.iter().filter(|begin| line.contains(*begin)).map(|begin| (*begin).to_owned()));
    }
    found.into_iter().collect()
}

/// Asserts that nothing confidential is in `output`.
///
/// # Panics
/// If there is; the message names it.
#[track_caller]
pub fn assert_no_leaks(from: &str, output: &str) {
    let leaks = leaks(output);
    assert!(leaks.is_empty(), "{from} tells {leaks:?}");
}

fn stands_alone(line: &str, at: &Range<usize>) -> bool {
    !line[..at.start].ends_with(char::is_alphanumeric) && !line[at.end..].starts_with(char::is_alphanumeric)
}

/// The line without what may be told.
fn without_the_exempt(line: &str) -> Cow<'_, str> {
    if ["# ", "curl ", "sandbox mode: "].iter().any(|example| line.starts_with(example)) {
        return Cow::Borrowed("");
    }
    if !line.contains(" CHANGE ") && !line.contains("\"audit\":") {
        return Cow::Borrowed(line);
    }
    let cut = |line: &str, before: &str, after: char| match line.split_once(before) {
        Some((left, right)) => format!("{left}{}", right.split_once(after).map_or("", |(_, rest)| rest)),
        None => line.to_owned(),
    };
    Cow::Owned(cut(&cut(line, " account=", ' '), "\"account\":\"", '"'))
}
