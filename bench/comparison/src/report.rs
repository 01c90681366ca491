//! The comparison as Markdown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::Account;
use crate::leaves::{Leaves, leaves, member_of};
use crate::subjects::{Question, SUBJECTS, Subject};

const INTRODUCTION: &str = "# tmf666-model beside tmflib and rutmf

Three Rust crates with TMF666 types, on the same accounts: those of `tests/fixtures/tmf666` (in the shape of TM
Forum's own samples) and every account that the channels' documents print (`tests/fixtures/documents`). Written by
`cargo run --manifest-path bench/comparison/Cargo.toml`; `-- --check` says whether it is up to date. The program is a workspace of its
own, so that nothing of it reaches the product.

A *leaf* is a single value at the bottom of the JSON. It is *kept* if it is written back at the same place with the same text (`0.00`
is not `0.0`), *changed* if it comes back with another text, *lost* if it does not come back; *added* are leaves that were not there.

rutmf is made for version 5 and says so; on version-4 accounts it is outside its purpose, and its keeping unknown members there is to
its credit. The one version-5 account is outside ours. tmflib calls itself data structures for payloads.
";

#[derive(Default)]
struct Tally {
    accounts: usize,
    refused: usize,
    leaves: usize,
    kept: usize,
    changed: usize,
    lost: usize,
    added: usize,
}

impl Tally {
    fn add(&mut self, before: &Leaves, after: Option<&Leaves>) {
        self.accounts += 1;
        self.leaves += before.len();
        let Some(after) = after else {
            self.refused += 1;
            self.lost += before.len();
            return;
        };
        for (pointer, text) in before {
            match after.get(pointer) {
                Some(written) if written == text => self.kept += 1,
                Some(_) => self.changed += 1,
                None => self.lost += 1,
            }
        }
        self.added += after.keys().filter(|pointer| !before.contains_key(*pointer)).count();
    }
}

/// The whole document.
pub fn write(accounts: &[Account]) -> Result<String, Box<dyn std::error::Error>> {
    let mut text = INTRODUCTION.to_owned();
    for (title, documented) in [("Accounts in TM Forum's shape", false), ("Accounts of the channels' documents", true)] {
        write!(text, "\n## {title}\n\n{}", round_trips(accounts, documented)?)?;
    }
    write!(text, "\n## What typed fields answer\n\n{}", answers(accounts)?)?;
    for subject in &SUBJECTS {
        write!(text, "\n## What {} does to them\n\n{}", subject.name, effects(subject, accounts)?)?;
    }
    Ok(text)
}

fn round_trips(accounts: &[Account], documented: bool) -> Result<String, Box<dyn std::error::Error>> {
    let accounts: Vec<&Account> = accounts.iter().filter(|account| account.documented == documented).collect();
    let mut text =
        "| crate | made for | accounts read | leaves kept | changed | lost | added |\n|---|---|---|---|---|---|---|\n".to_owned();
    for subject in &SUBJECTS {
        let mut tally = Tally::default();
        for account in &accounts {
            let after = (subject.rewrite)(&account.json).ok().map(|json| leaves(&json)).transpose()?;
            tally.add(&leaves(&account.json)?, after.as_ref());
        }
        let Tally { accounts, refused, leaves, kept, changed, lost, added } = tally;
        let read = accounts - refused;
        writeln!(
            text,
            "| {} | {} | {read} of {accounts} | {kept} of {leaves} | {changed} | {lost} | {added} |",
            subject.name, subject.follows
        )?;
    }
    Ok(text)
}

/// Over all accounts: how often the typed fields hold what the JSON says.
fn answers(accounts: &[Account]) -> Result<String, std::fmt::Error> {
    let mut text =
        "Of the accounts that have it, how many answer from a typed field (not from a bag of unknown members), exactly:\n\n| |".to_owned();
    SUBJECTS.iter().try_for_each(|subject| write!(text, " {} |", subject.name))?;
    writeln!(text, "\n|---|{}", "---|".repeat(SUBJECTS.len()))?;
    for question in Question::ALL {
        let having: Vec<(&Account, String)> =
            accounts.iter().filter_map(|account| Some((account, question.expected(&account.json)?))).collect();
        write!(text, "| {} |", question.title())?;
        for subject in &SUBJECTS {
            let right =
                having.iter().filter(|(account, expected)| (subject.answer)(&account.json, question).as_ref() == Some(expected)).count();
            write!(text, " {right} of {} |", having.len())?;
        }
        text.push('\n');
    }
    text.push_str("\ntmflib's fields for these are private and have no accessors.\n");
    Ok(text)
}

/// Which members suffer, and why accounts are refused.
fn effects(subject: &Subject, accounts: &[Account]) -> Result<String, Box<dyn std::error::Error>> {
    let mut refusals: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for account in accounts {
        let after = match (subject.rewrite)(&account.json) {
            Ok(json) => leaves(&json)?,
            Err(error) => {
                // Without the position in the text.
                let error = error.split(" at line").next().unwrap_or_default().to_owned();
                refusals.entry(error).or_default().insert(&account.name);
                continue;
            }
        };
        let before = leaves(&account.json)?;
        for (pointer, text) in &before {
            match after.get(pointer) {
                None => note(&mut members, pointer, "lost"),
                Some(written) if written != text => note(&mut members, pointer, how_changed(text, written)),
                Some(_) => {}
            }
        }
        for pointer in after.keys().filter(|pointer| !before.contains_key(*pointer)) {
            note(&mut members, pointer, "added");
        }
    }
    let mut text = String::new();
    for (error, names) in &refusals {
        writeln!(text, "- refused: {error} ({} of {})", names.len(), accounts.len())?;
    }
    let mut by_effect: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (member, effects) in &members {
        let effects: Vec<&str> = effects.iter().map(String::as_str).collect();
        by_effect.entry(effects.join(", ")).or_default().push(member);
    }
    for (effect, members) in by_effect {
        writeln!(text, "- {effect}: {}", members.iter().map(|member| format!("`{member}`")).collect::<Vec<_>>().join(", "))?;
    }
    if text.is_empty() {
        text.push_str("Nothing: every account is read, and every leaf comes back as it was.\n");
    }
    Ok(text)
}

fn note(members: &mut BTreeMap<String, BTreeSet<String>>, pointer: &str, effect: &str) {
    members.entry(member_of(pointer)).or_default().insert(effect.to_owned());
}

fn how_changed(before: &str, after: &str) -> &'static str {
    match (before.starts_with('"'), after.starts_with('"')) {
        (false, true) => "number becomes text",
        (true, false) => "text becomes number",
        (false, false) => "other digits",
        (true, true) => "other text",
    }
}
