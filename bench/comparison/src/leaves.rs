//! JSON as its leaves, each with its place and its exact text.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Text of every leaf (scalars, empty lists and empty objects) by its JSON pointer. Numbers keep their digits; texts are compared unescaped.
pub type Leaves = BTreeMap<String, String>;

/// The leaves of a JSON text.
pub fn leaves(json: &str) -> serde_json::Result<Leaves> {
    let mut found = Leaves::new();
    collect(json, "", &mut found)?;
    Ok(found)
}

fn collect(json: &str, pointer: &str, found: &mut Leaves) -> serde_json::Result<()> {
    match json.trim_start().as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json)?;
            if members.is_empty() {
                found.insert(pointer.to_owned(), "{}".to_owned());
            }
            members.iter().try_for_each(|(name, value)| collect(value.get(), &format!("{pointer}/{name}"), found))
        }
        Some(b'[') => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(json)?;
            if items.is_empty() {
                found.insert(pointer.to_owned(), "[]".to_owned());
            }
            items.iter().enumerate().try_for_each(|(position, item)| collect(item.get(), &format!("{pointer}/{position}"), found))
        }
        Some(b'"') => {
            let text: String = serde_json::from_str(json)?;
            found.insert(pointer.to_owned(), format!("\"{text}\""));
            Ok(())
        }
        _ => {
            found.insert(pointer.to_owned(), json.trim().to_owned());
            Ok(())
        }
    }
}

/// A pointer without the positions in lists: `/contact/0/validFor` as `contact[].validFor`.
pub fn member_of(pointer: &str) -> String {
    let mut member = String::new();
    for part in pointer.split('/').skip(1) {
        if part.parse::<usize>().is_ok() {
            member.push_str("[]");
        } else {
            member.push_str(if member.is_empty() { "" } else { "." });
            member.push_str(part);
        }
    }
    member
}
