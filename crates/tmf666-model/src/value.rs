//! What a member of a resource can hold.

use std::io::Write;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::json::{finish_text_member, write_text};
use crate::validate::Inspection;
use crate::{Amount, AnyValue, Text, WriteJson};

/// A single value: how it is read, written and inspected.
pub(crate) trait Value: Sized {
    /// What its JSON is called in a violation.
    const EXPECTED: &'static str;

    /// Reads JSON that is in memory as a whole, so that parts of it can be borrowed.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    fn write(&self, out: &mut Vec<u8>);

    /// Writes a member and a comma. `key` is the name as it stands before a text: with the colon, and the text's first quote.
    #[inline]
    fn write_member(&self, key: &'static [u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&key[..key.len() - 1]);
        self.write(out);
        out.push(b',');
    }

    /// Looks for violations.
    fn inspect(&self, inspection: &mut Inspection);

    /// Whether JSON that [`Value::read`] refuses is of the official type all the same.
    fn is_in_other_words(_: &RawValue) -> bool {
        false
    }
}

impl Value for Text {
    const EXPECTED: &'static str = "text";

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_text(self, out);
    }

    #[inline]
    fn write_member(&self, key: &'static [u8], out: &mut Vec<u8>) {
        out.extend_from_slice(key);
        finish_text_member(self, out);
    }

    fn inspect(&self, inspection: &mut Inspection) {
        inspection.text(self);
    }
}

impl Value for Amount {
    const EXPECTED: &'static str = "number";

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(<&RawValue>::deserialize(deserializer)?.get()).map_err(D::Error::custom)
    }

    fn write(&self, out: &mut Vec<u8>) {
        if self.is_quoted() {
            write_text(self.as_str(), out);
        } else {
            out.extend_from_slice(self.as_str().as_bytes());
        }
    }

    /// TMF666 wants a JSON number, also where a channel's document wants text.
    fn inspect(&self, inspection: &mut Inspection) {
        if self.is_quoted() {
            inspection.wrong_type(Self::EXPECTED);
        }
    }

    /// A figure too long to be an amount.
    fn is_in_other_words(raw: &RawValue) -> bool {
        raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit())
    }
}

impl Value for i64 {
    const EXPECTED: &'static str = "integer";

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn write(&self, out: &mut Vec<u8>) {
        // Writing into a `Vec` cannot fail.
        let _ = write!(out, "{self}");
    }

    fn inspect(&self, _: &mut Inspection) {}

    /// JSON Schema's integers have any length and may be written `20.0` or `2e1`.
    fn is_in_other_words(raw: &RawValue) -> bool {
        raw.get().parse().is_ok_and(|figure: Amount| figure.to_decimal().is_ok_and(|decimal| decimal.is_integer()))
    }
}

impl Value for bool {
    const EXPECTED: &'static str = "boolean";

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }

    fn inspect(&self, _: &mut Inspection) {}
}

impl Value for AnyValue {
    const EXPECTED: &'static str = "JSON value";

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_raw(<&RawValue>::deserialize(deserializer)?).map_err(D::Error::custom)
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => text.write(out),
            Self::Number(figure) => figure.write(out),
            Self::Boolean(flag) => flag.write(out),
            Self::Json(raw) => out.extend_from_slice(raw.get().as_bytes()),
        }
    }

    fn inspect(&self, _: &mut Inspection) {}
}

impl<T: Value> Value for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self::new)
    }

    fn write(&self, out: &mut Vec<u8>) {
        T::write(self, out);
    }

    fn inspect(&self, inspection: &mut Inspection) {
        T::inspect(self, inspection);
    }
}

fn read<T: Value>(raw: &RawValue) -> Option<T> {
    T::read(&mut serde_json::Deserializer::from_str(raw.get())).ok()
}

/// Most items of a list that is read as one: sixteen, and beyond them so many that they take 32 times the memory of their text.
///
/// A server that sends nothing but empty items cannot take hundreds of times what it sends; such a list is kept as it came.
fn most_items<T>(text: &str) -> usize {
    16 + 32 * text.len() / size_of::<T>()
}

/// Reads a list of at most so many items.
struct List<T>(usize, PhantomData<T>);

/// Reads one of them.
struct Item<T>(PhantomData<T>);

impl<'de, T: Value> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Item(PhantomData))? {
            if items.len() == self.0 {
                return Err(A::Error::custom("too many items"));
            }
            items.push(item);
        }
        Ok(items)
    }
}

impl<'de, T: Value> DeserializeSeed<'de> for Item<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

/// A typed field: an optional value, or a list whose emptiness means absence.
pub(crate) trait Field: Default {
    /// Reads the member; `None` leaves it to [`Extra`](crate::Extra).
    fn read(raw: &RawValue) -> Option<Self>;

    fn is_absent(&self) -> bool;

    /// Writes the member and a comma, or nothing. For `key` see [`Value::write_member`].
    fn write(&self, key: &'static [u8], out: &mut Vec<u8>);

    /// Looks for violations in the value.
    fn inspect(&self, inspection: &mut Inspection);

    /// Looks for violations in a member that [`Field::read`] left to [`Extra`](crate::Extra).
    fn inspect_unread(raw: &RawValue, inspection: &mut Inspection);
}

impl<T: Value> Field for Option<T> {
    fn read(raw: &RawValue) -> Option<Self> {
        if raw.get() == "null" { None } else { read(raw).map(Some) }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, key: &'static [u8], out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write_member(key, out);
        }
    }

    fn inspect(&self, inspection: &mut Inspection) {
        if let Some(value) = self {
            value.inspect(inspection);
        }
    }

    fn inspect_unread(raw: &RawValue, inspection: &mut Inspection) {
        if !T::is_in_other_words(raw) {
            inspection.wrong_type(T::EXPECTED);
        }
    }
}

impl<T: Value + WriteJson> Field for Vec<T> {
    fn read(raw: &RawValue) -> Option<Self> {
        let most = most_items::<T>(raw.get());
        let items = serde_json::Deserializer::from_str(raw.get()).deserialize_seq(List(most, PhantomData)).ok()?;
        if items.is_empty() { None } else { Some(items) }
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, key: &'static [u8], out: &mut Vec<u8>) {
        if !self.is_empty() {
            out.extend_from_slice(&key[..key.len() - 1]);
            self.write_json(out);
            out.push(b',');
        }
    }

    fn inspect(&self, inspection: &mut Inspection) {
        for (position, value) in self.iter().enumerate() {
            inspection.item(position, |inspection| value.inspect(inspection));
        }
    }

    /// One item of the wrong type made the whole list unreadable; the others are looked at all the same.
    fn inspect_unread(raw: &RawValue, inspection: &mut Inspection) {
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
            return inspection.wrong_type("list");
        };
        if items.is_empty() {
            inspection.empty_list();
        }
        for (position, item) in items.into_iter().enumerate() {
            inspection.item(position, |inspection| match read::<T>(item) {
                Some(value) => value.inspect(inspection),
                None => inspection.wrong_type(T::EXPECTED),
            });
        }
    }
}
