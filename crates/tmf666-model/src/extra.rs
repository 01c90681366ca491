//! [`Extra`]: what the typed fields of a resource do not hold.

use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Text;

/// Members that the typed fields of a resource do not hold, exactly as they were read and in their order.
///
/// Besides members that this model does not know, these are documented members whose value has another type
/// than documented, `null`, or an empty list. All of them are written back unchanged, digits and escapes
/// included, so that reading and writing loses nothing. One that is nested more than 100 levels deep cannot be read at all.
#[derive(Clone, Default)]
pub struct Extra(Vec<(Text, Box<RawValue>)>);

impl Extra {
    /// Whether there is nothing beside the typed fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON text of a member.
    #[must_use]
    pub fn get(&self, member: &str) -> Option<&RawValue> {
        self.0.iter().find(|(name, _)| name == member).map(|(_, value)| &**value)
    }

    /// All members with their JSON text, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    /// Adds a member, or replaces the value of one that is there.
    ///
    /// # Errors
    /// Fails only where `value` itself cannot be written as JSON.
    pub fn insert(&mut self, member: &str, value: &impl Serialize) -> serde_json::Result<()> {
        let raw = serde_json::value::to_raw_value(value)?;
        self.remove(member);
        self.0.push((Text::from(member), raw));
        Ok(())
    }

    /// Takes a member out.
    pub fn remove(&mut self, member: &str) -> Option<Box<RawValue>> {
        let at = self.0.iter().position(|(name, _)| name == member)?;
        Some(self.0.remove(at).1)
    }

    /// Takes out every member whose name `keep` refuses.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    /// Forgets a member that came a second time and is held by its typed field now.
    pub(crate) fn forget(&mut self, member: &str) {
        if !self.0.is_empty() {
            self.retain(|name| name != member);
        }
    }

    pub(crate) fn keep(&mut self, member: Text, value: Box<RawValue>) {
        self.0.push((member, value));
    }
}

/// Levels of lists and objects in a member that is kept as it came. Who reads what we write has a bound of its own, 128 in
/// most cases, and a text of brackets alone must not reach it.
const MAX_DEPTH: usize = 100;

/// A member's lists and objects are nested more than 100 levels deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nested too deeply")]
pub(crate) struct TooDeep;

/// JSON that is kept unread has been looked at without recursion, so that nothing has bounded its depth yet.
pub(crate) fn check_depth(json: &RawValue) -> Result<(), TooDeep> {
    // A single value is not nested at all.
    if !json.get().starts_with(['{', '[']) {
        return Ok(());
    }
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json.get().bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth -= 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(TooDeep);
        }
    }
    Ok(())
}

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter().map(|(name, value)| (name, value.get()))).finish()
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.iter().map(|(n, v)| (n, v.get())).eq(other.iter().map(|(n, v)| (n, v.get())))
    }
}

impl Serialize for Extra {
    /// Writes the members as one JSON object.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl IntoIterator for Extra {
    type Item = (Text, Box<RawValue>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
