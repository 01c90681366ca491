//! Variables of the environment that go before the configuration file: `BOT_UX__SERVER__LISTEN` stands for `server.listen`.
//!
//! A name is the channel's, then each step of the key's path, joined by two underscores; a number is a place in a list. What
//! a value means is tried: as the text that it is, or as TOML would have it (`4`, `true`, `["PR"]`), whichever the key takes.

use std::collections::BTreeMap;

use backends_http::ConfigProblem;
use toml::{Table, Value};

use crate::mistakes::{self, Step};

/// The variables of a process, those with values in UTF-8.
pub(crate) type Environment = BTreeMap<String, String>;

/// Those of this process.
pub(crate) fn of_process() -> Environment {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

/// What the names of the channel's variables begin with, as in `BOT_UX__`.
pub(crate) fn prefix(channel: &str) -> String {
    format!("{}__", channel.to_ascii_uppercase().replace('-', "_"))
}

/// The variables that were set into a document.
#[derive(Debug, Default)]
pub(crate) struct Overrides(Vec<Override>);

#[derive(Debug)]
struct Override {
    variable: String,
    path: Vec<Step>,
    /// What the value may mean instead.
    otherwise: Option<Value>,
}

impl Overrides {
    /// Sets into `document` what the channel's variables say.
    pub(crate) fn set(document: &mut Table, channel: &str, environment: &Environment, problems: &mut Vec<ConfigProblem>) -> Self {
        let prefix = prefix(channel);
        let mut named: Vec<(Vec<&str>, &String, &String)> =
            environment.iter().filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.split("__").collect(), name, value))).collect();
        // The second client after the first, the tenth after both.
        named.sort_by_key(|(steps, ..)| steps.iter().map(|step| (step.len(), *step)).collect::<Vec<_>>());
        let mut root = Value::Table(std::mem::take(document));
        let mut overrides = Vec::new();
        for (steps, variable, text) in named {
            let (value, otherwise) = meanings(text);
            match place(&mut root, &steps, value) {
                Ok(path) => overrides.push(Override { variable: variable.clone(), path, otherwise }),
                Err(reason) => problems.push(ConfigProblem { key: variable.clone(), reason }),
            }
        }
        if let Value::Table(table) = root {
            *document = table;
        }
        Self(overrides)
    }

    /// What the value at `path` may mean instead, once.
    pub(crate) fn otherwise(&mut self, path: &[Step]) -> Option<Value> {
        self.0.iter_mut().find(|set| set.path == path)?.otherwise.take()
    }

    /// The problems, with the variable's name where one is to blame.
    pub(crate) fn name_in(&self, problems: Vec<ConfigProblem>) -> Vec<ConfigProblem> {
        let named = |problem: ConfigProblem| match self.0.iter().find(|set| set.is_to_blame(&problem)) {
            Some(set) => ConfigProblem { key: format!("{} ({})", problem.key, set.variable), ..problem },
            None => problem,
        };
        problems.into_iter().map(named).collect()
    }
}

impl Override {
    fn is_to_blame(&self, problem: &ConfigProblem) -> bool {
        let key = mistakes::dotted(&self.path);
        let within =
            |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        // What is around the key may have come with the variable.
        within(&key, &problem.key) || within(&problem.key, &key)
    }
}

/// What a variable's text is taken for, and what else it may be.
fn meanings(text: &str) -> (Value, Option<Value>) {
    let plain = Value::String(text.to_owned());
    let as_toml = format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    match as_toml {
        Some(value @ (Value::Array(_) | Value::Table(_))) => (value, Some(plain)),
        other => (plain, other),
    }
}

/// Puts `value` where `steps` lead and says where that is.
fn place(root: &mut Value, steps: &[&str], value: Value) -> Result<Vec<Step>, String> {
    let mut path = Vec::new();
    let mut here = root;
    for (at, step) in steps.iter().enumerate() {
        if step.is_empty() {
            return Err("two underscores stand between the steps of a key, and a step is missing".to_owned());
        }
        // What has to be there for the next step; the last one puts its value there.
        let free = matches!(path.first(), Some(Step::Key(first)) if first == "routing");
        let begins_list = !free && steps.get(at + 1).is_some_and(|next| next.parse::<usize>().is_ok());
        let empty = if begins_list { Value::Array(Vec::new()) } else { Value::Table(Table::new()) };
        let before = mistakes::dotted(&path);
        here = match here {
            Value::Table(table) => {
                let key = spelling(table, step, free);
                path.push(Step::Key(key.clone()));
                table.entry(key).or_insert(empty)
            }
            Value::Array(items) => {
                let index = step.parse::<usize>().map_err(|_| format!("{before} is a list: a number is expected, not {step}"))?;
                let length = items.len();
                if index > length {
                    return Err(format!("{before} has {length} entries: {length} would be the next one"));
                }
                if index == length {
                    items.push(empty);
                }
                path.push(Step::Index(index));
                &mut items[index]
            }
            _ => return Err(format!("{before} is no section")),
        };
    }
    *here = value;
    Ok(path)
}

/// A key as the file has it, or as files usually have it: units and lines of business in capitals, everything else not.
fn spelling(table: &Table, step: &str, free: bool) -> String {
    match table.keys().find(|key| key.eq_ignore_ascii_case(step)) {
        Some(known) => known.clone(),
        None if free => step.to_ascii_uppercase(),
        None => step.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(document: &str, variables: &[(&str, &str)]) -> (Table, Vec<String>) {
        let mut document = document.parse().unwrap();
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut problems = Vec::new();
        Overrides::set(&mut document, "bot-ux", &environment, &mut problems);
        (document, problems.into_iter().map(|problem| format!("{}: {}", problem.key, problem.reason)).collect())
    }

    #[test]
    fn every_place_of_a_document_can_be_set() {
        let (document, problems) = set(
            "[server]\nlisten = 'a'\n[[clients]]\nid = 'x'\n[tax_identifier.keys]\nKey-1 = 'k'",
            &[
                ("BOT_UX__SERVER__LISTEN", "b"),
                ("BOT_UX__SERVER__TLS__KEY_FILE", "/key"),
                ("BOT_UX__CLIENTS__0__ID", "y"),
                ("BOT_UX__CLIENTS__0__UNITS", "[\"PR\"]"),
                ("BOT_UX__CLIENTS__1__ID", "z"),
                ("BOT_UX__CLIENTS__1__SECRETS__0", "env:HASH"),
                ("BOT_UX__ROUTING__PR__FIXED", "csg"),
                ("BOT_UX__TAX_IDENTIFIER__KEYS__KEY-1", "other"),
                ("BOT_UX_SERVICE_HOST", "10.0.0.1"),
                ("WFM_UX__SERVER__LISTEN", "c"),
            ],
        );
        assert_eq!(problems, Vec::<String>::new());
        let expected: Table = "
            [server]\nlisten = 'b'\n[server.tls]\nkey_file = '/key'
            [[clients]]\nid = 'y'\nunits = ['PR']
            [[clients]]\nid = 'z'\nsecrets = ['env:HASH']
            [routing.PR]\nFIXED = 'csg'
            [tax_identifier.keys]\nKey-1 = 'other'
        "
        .parse()
        .unwrap();
        assert_eq!(document, expected);
    }

    #[test]
    fn a_name_that_leads_nowhere_is_a_mistake() {
        let document = "[server]\nlisten = 'a'\n[[clients]]\nid = 'x'";
        for (variable, reason) in [
            ("BOT_UX__SERVER____LISTEN", "two underscores stand between the steps of a key, and a step is missing"),
            ("BOT_UX__", "two underscores stand between the steps of a key, and a step is missing"),
            ("BOT_UX__SERVER__LISTEN__PORT", "server.listen is no section"),
            ("BOT_UX__CLIENTS__FIRST__ID", "clients is a list: a number is expected, not FIRST"),
            ("BOT_UX__CLIENTS__2__ID", "clients has 1 entries: 1 would be the next one"),
        ] {
            assert_eq!(set(document, &[(variable, "hunter2")]).1, [format!("{variable}: {reason}")]);
        }
    }
}
