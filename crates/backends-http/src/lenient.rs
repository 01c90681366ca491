//! Wire types for systems that are careless about JSON types.
//!
//! To them an absent member, `null` and `""` are one and the same, a long number comes as text, a flag as `"true"`, a
//! list of one as the bare item. A wire struct made of these types, with `#[serde(default)]` on the struct, reads all of
//! that once, at the door; behind it a value is there or it is not. What is there and makes no sense fails the whole answer,
//! and [`decode_json`](crate::decode_json) names the place.
//!
//! [`decode_json`](crate::decode_json) reads them, and so do `serde_json`'s `from_str` and `from_slice`, but not its `Value`.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;
use tmf666_model::{Amount, Text};

use crate::json::{Json, Kind, NotRead};
use crate::wire::Wire;

/// A scalar that may be missing: absent, `null` and `""` are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lenient<T>(pub Option<T>);

/// A list: absent, `null` and `""` are empty, an object that stands alone is a list of one. It has at most
/// [`MAX_ITEMS`](List::MAX_ITEMS) items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

/// An object that may be missing: absent, `null` and `""` are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<T>(pub Option<T>);

/// What [`Lenient`] can hold.
pub trait Scalar: Sized {
    /// Reads a figure, `true` or `false`, as written, or the content of a JSON string; never called with an empty one.
    ///
    /// # Errors
    /// What was expected instead, in fixed words.
    fn read(text: &str) -> Result<Self, &'static str>;

    /// The same, into its place.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline]
    fn read_into(text: &str, place: &mut Option<Self>) -> Result<(), &'static str> {
        *place = Some(Self::read(text)?);
        Ok(())
    }
}

impl Scalar for Text {
    fn read(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from(text))
    }
}

impl Scalar for Amount {
    /// Keeps the digits; a figure that came as text is none that has to be written as text.
    fn read(text: &str) -> Result<Self, &'static str> {
        text.parse().or_else(|_| text.trim().parse()).map_err(|_| "a decimal figure is expected")
    }

    // A figure that is handed on in one result after the other is read in other pieces than it was just written in, and each time the
    // processor waits until it can be.
    #[inline]
    fn read_into(text: &str, place: &mut Option<Self>) -> Result<(), &'static str> {
        match Self::plain(text) {
            Some(figure) => *place = Some(figure),
            None => *place = Some(Self::read(text)?),
        }
        Ok(())
    }
}

impl Scalar for i64 {
    fn read(text: &str) -> Result<Self, &'static str> {
        text.trim().parse().map_err(|_| "a whole number is expected")
    }
}

impl Scalar for bool {
    fn read(text: &str) -> Result<Self, &'static str> {
        let is_one_of = |spellings: [&str; 4]| spellings.iter().any(|spelling| text.trim().eq_ignore_ascii_case(spelling));
        match () {
            () if is_one_of(["true", "Y", "yes", "1"]) => Ok(true),
            () if is_one_of(["false", "N", "no", "0"]) => Ok(false),
            () => Err("true or false is expected"),
        }
    }
}

impl<'de, T: Scalar> Wire<'de> for Lenient<T> {
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        match json.plain_text() {
            Some(text) => self.fill(text),
            None => self.read_otherwise(json),
        }
    }
}

impl<T: Scalar> Lenient<T> {
    // By itself, so that what is mostly read needs no room for it.
    #[inline(never)]
    fn read_otherwise(&mut self, json: &mut Json<'_>) -> Result<(), NotRead> {
        match json.kind()? {
            Kind::Text => self.fill(&json.text()?),
            Kind::Number => self.fill(json.number()?.0),
            Kind::Flag => self.fill(if json.flag()? { "true" } else { "false" }),
            Kind::Null => json.null(),
            Kind::List | Kind::Object => Err(NotRead),
        }
    }

    #[inline]
    fn fill(&mut self, text: &str) -> Result<(), NotRead> {
        fill(&mut self.0, text).map_err(|_| NotRead)
    }
}

/// An empty text is nothing.
#[inline]
fn fill<T: Scalar>(place: &mut Option<T>, text: &str) -> Result<(), &'static str> {
    *place = None;
    if text.is_empty() { Ok(()) } else { T::read_into(text, place) }
}

impl<'de, T: Scalar> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        let read = |text: &str| {
            let mut place = None;
            fill(&mut place, text).map_err(D::Error::custom)?;
            Ok(place)
        };
        match json.as_bytes() {
            b"null" => Ok(None),
            [b'{' | b'[', ..] => Err(D::Error::custom("a single value is expected")),
            [b'"', ..] => read(&serde_json::from_str::<String>(json).map_err(D::Error::custom)?),
            _ => read(json),
        }
        .map(Self)
    }
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Wire<'de>> Wire<'de> for Object<T> {
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        match json.kind()? {
            Kind::Object => self.0.insert(T::default()).read(json),
            Kind::Null => json.null(),
            Kind::Text if json.text()?.is_empty() => Ok(()),
            _ => Err(NotRead),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrNone(PhantomData))
    }
}

struct OneOrNone<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrNone<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Object<T>, E> {
        Ok(Object(None))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Object<T>, E> {
        nothing(text, &self)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(|object| Object(Some(object)))
    }
}

/// A text in place of what was expected: an empty one is nothing.
fn nothing<T: Default, E: Error>(text: &str, expected: &dyn Expected) -> Result<T, E> {
    if text.is_empty() { Ok(T::default()) } else { Err(E::invalid_type(Unexpected::Other("text"), expected)) }
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> List<T> {
    /// Most items of a list that is read. An empty item takes three bytes of an answer and hundreds of memory, so the
    /// greatest length of an answer alone is no bound.
    pub const MAX_ITEMS: usize = 1_000;
}

impl<'de, T: Wire<'de>> List<T> {
    fn read_item(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        if self.0.len() == Self::MAX_ITEMS {
            return Err(NotRead);
        }
        // Read where it stays; `push` would begin it elsewhere.
        self.0.resize_with(self.0.len() + 1, T::default);
        self.0.last_mut().map_or(Ok(()), |item| item.read(json))
    }
}

impl<'de, T: Wire<'de>> Wire<'de> for List<T> {
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        match json.kind()? {
            Kind::List => json.items(|json| self.read_item(json)),
            Kind::Object => self.read_item(json),
            Kind::Null => json.null(),
            Kind::Text if json.text()?.is_empty() => Ok(()),
            _ => Err(NotRead),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Items(PhantomData))
    }
}

struct Items<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or one object")
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<List<T>, E> {
        nothing(text, &self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            if list.len() == List::<T>::MAX_ITEMS {
                return Err(A::Error::custom("a list has too many items"));
            }
            list.push(item);
        }
        Ok(List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<List<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(|item| List(vec![item]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Record {
        name: Lenient<Text>,
        due: Lenient<Amount>,
        active: Lenient<bool>,
        day: Lenient<i64>,
        lines: List<Line>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Line {
        text: Lenient<Text>,
    }

    fn read(json: &str) -> Record {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn absent_null_and_empty_are_the_same() {
        for json in ["{}", r#"{"name":null,"due":null,"active":null,"day":null,"lines":null}"#] {
            let record = read(json);
            assert!(record.name.0.is_none() && record.due.0.is_none() && record.active.0.is_none() && record.day.0.is_none(), "{json}");
            assert!(record.lines.0.is_empty(), "{json}");
        }
        let record = read(r#"{"name":"","due":"","active":"","day":"","lines":""}"#);
        assert!(record.name.0.is_none() && record.due.0.is_none() && record.active.0.is_none() && record.day.0.is_none());
        assert!(record.lines.0.is_empty());
    }

    #[test]
    fn either_spelling_is_read() {
        let native = read(r#"{"name":8211990010013290123456,"due":0.00,"active":true,"day":9,"lines":[{"text":"a"},{"text":"b"}]}"#);
        assert_eq!(native.name.0.unwrap(), "8211990010013290123456");
        assert_eq!(native.due.0.unwrap().as_str(), "0.00");
        assert_eq!((native.active.0, native.day.0), (Some(true), Some(9)));
        assert_eq!(native.lines.0.len(), 2);
        let textual = read(r#"{"name":"Zo\u00eb \"Z\"","due":"18754.470","active":"n","day":"9","lines":{"text":"a"}}"#);
        assert_eq!(textual.name.0.unwrap(), "Zoë \"Z\"");
        let due = textual.due.0.unwrap();
        assert_eq!((due.as_str(), due.is_quoted()), ("18754.470", false));
        assert_eq!((textual.active.0, textual.day.0), (Some(false), Some(9)));
        assert_eq!(textual.lines.0, [Line { text: Lenient(Some("a".into())) }]);
    }

    #[test]
    fn a_list_has_at_most_a_thousand_items() {
        let json = |items: usize| format!(r#"{{"lines":[{}]}}"#, vec!["{}"; items].join(","));
        assert_eq!(read(&json(List::<Line>::MAX_ITEMS)).lines.0.len(), 1_000);
        assert!(serde_json::from_str::<Record>(&json(List::<Line>::MAX_ITEMS + 1)).is_err());
    }

    #[test]
    fn nonsense_is_refused() {
        for json in [
            r#"{"name":{}}"#,
            r#"{"name":[]}"#,
            r#"{"due":"12,50"}"#,
            r#"{"due":true}"#,
            r#"{"active":"maybe"}"#,
            r#"{"day":9.5}"#,
            r#"{"lines":"none"}"#,
        ] {
            assert!(serde_json::from_str::<Record>(json).is_err(), "{json}");
        }
    }
}
