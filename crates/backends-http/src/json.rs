//! JSON that is in memory as a whole, read into borrowing structs: a serde deserializer with half of serde_json's work.
//!
//! It owns only the straight way. What it does not understand, or understands and does not like, is left to serde_json,
//! which reads the text again and has the last word and all the error messages. So this reader may refuse too much, at the cost of
//! time, but it must never accept what serde_json refuses, or read it differently; a property test holds the two together.

use std::fmt::Display;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use tmf666_model::special_bytes;

/// The name under which [`Lenient`](crate::lenient::Lenient) asks for a single value: text as text, a figure as its digits in bytes.
/// Eight bytes, so that looking for it is one comparison.
pub(crate) const SCALAR: &str = "a scalar";

/// Deepest nesting.
const MAX_DEPTH: u8 = 100;

/// Left to serde_json, which will say why.
#[derive(Debug, thiserror::Error)]
#[error("not read")]
pub(crate) struct NotRead;

impl de::Error for NotRead {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Result<T> = std::result::Result<T, NotRead>;

/// Reads the whole of `text`.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    let mut json = Json { text, at: 0, depth: MAX_DEPTH };
    let value = T::deserialize(&mut json)?;
    // Not only the byte: a text may have that one, and more behind it.
    if json.peek() == END && json.at == text.len() { Ok(value) } else { Err(NotRead) }
}

/// Stands for the end of the text; JSON has this byte nowhere.
const END: u8 = 0;

struct Json<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

/// The inside of a string.
enum Text<'de> {
    Plain(&'de str),
    Unescaped(String),
}

impl<'de> Json<'de> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(END)
    }

    /// The next byte that is not white space; stays on it.
    #[inline]
    fn peek(&mut self) -> u8 {
        loop {
            let byte = self.byte(self.at);
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
    }

    fn take(&mut self, expected: u8) -> Result<()> {
        if self.peek() != expected {
            return Err(NotRead);
        }
        self.at += 1;
        Ok(())
    }

    /// The string that begins here, if nothing in it is escaped.
    #[inline]
    fn plain_string(&mut self) -> Option<&'de str> {
        let begin = self.at + 1;
        let end = end_of_plain_text(self.text.as_bytes(), begin);
        if self.byte(end) != b'"' {
            return None;
        }
        self.at = end + 1;
        self.text.get(begin..end)
    }

    #[inline]
    fn string(&mut self) -> Result<Text<'de>> {
        match self.plain_string() {
            Some(text) => Ok(Text::Plain(text)),
            None => self.escaped_string(),
        }
    }

    #[cold]
    fn escaped_string(&mut self) -> Result<Text<'de>> {
        let mut end = self.at + 1;
        loop {
            end = end_of_plain_text(self.text.as_bytes(), end);
            match self.byte(end) {
                b'"' => break,
                b'\\' => end += 2,
                _ => return Err(NotRead),
            }
        }
        let string = self.text.get(self.at..=end).ok_or(NotRead)?;
        self.at = end + 1;
        serde_json::from_str(string).map(Text::Unescaped).map_err(|_| NotRead)
    }

    /// A number as it is written (RFC 8259, section 6), and whether it is a whole one.
    fn number(&mut self) -> Result<(&'de str, bool)> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let digits = |from: usize| from + rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let begin = usize::from(rest.starts_with(b"-"));
        let mut end = digits(begin);
        let mut fits = end == begin + 1 || (end > begin && rest[begin] != b'0');
        let whole = end;
        if rest.get(end) == Some(&b'.') {
            let fraction = end + 1;
            end = digits(fraction);
            fits &= end > fraction;
        }
        if let Some(b'e' | b'E') = rest.get(end) {
            let exponent = end + 1 + usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
            end = digits(exponent);
            fits &= end > exponent;
        }
        let number = self.text.get(self.at..self.at + end).filter(|_| fits).ok_or(NotRead)?;
        self.at += end;
        Ok((number, whole == end))
    }

    fn word(&mut self, word: &str) -> Result<()> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(NotRead);
        }
        self.at += word.len();
        Ok(())
    }

    fn enter(&mut self) -> Result<()> {
        self.at += 1;
        self.depth = self.depth.checked_sub(1).ok_or(NotRead)?;
        Ok(())
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.enter()?;
        let value = visitor.visit_map(Members { json: self, first: true })?;
        self.depth += 1;
        self.take(b'}')?;
        Ok(value)
    }

    fn list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.enter()?;
        let value = visitor.visit_seq(Items { json: self, first: true })?;
        self.depth += 1;
        self.take(b']')?;
        Ok(value)
    }

    /// Whether another member or item comes before `end`; then it begins here.
    #[inline]
    fn goes_on(&mut self, first: &mut bool, end: u8) -> Result<bool> {
        match self.peek() {
            byte if byte == end => return Ok(false),
            b',' if !*first => self.at += 1,
            _ if *first => *first = false,
            _ => return Err(NotRead),
        }
        Ok(true)
    }

    /// Any value that is not a list or an object. `digits` says what the visitor is told of a figure.
    #[inline]
    fn single<V: Visitor<'de>>(&mut self, visitor: V, digits: impl Fn(V, &'de str, bool) -> Result<V::Value>) -> Result<V::Value> {
        match self.peek() {
            b'"' => match self.string()? {
                Text::Plain(text) => visitor.visit_borrowed_str(text),
                Text::Unescaped(text) => visitor.visit_string(text),
            },
            b'-' | b'0'..=b'9' => {
                let (number, whole) = self.number()?;
                digits(visitor, number, whole)
            }
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            _ => Err(NotRead),
        }
    }
}

/// Where text that means itself ends: at a quote, a backslash, a control character or the end. Asks eight bytes at a time.
#[inline]
fn end_of_plain_text(bytes: &[u8], mut at: usize) -> usize {
    let (chunks, _) = bytes.get(at..).unwrap_or_default().as_chunks::<8>();
    for chunk in chunks {
        let special = special_bytes(u64::from_le_bytes(*chunk));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| *byte >= b' ' && *byte != b'"' && *byte != b'\\') {
        at += 1;
    }
    at
}

struct Members<'json, 'de> {
    json: &'json mut Json<'de>,
    first: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = NotRead;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if !self.json.goes_on(&mut self.first, b'}')? {
            return Ok(None);
        }
        if self.json.peek() != b'"' {
            return Err(NotRead);
        }
        // Nobody escapes a name.
        let name = self.json.plain_string().ok_or(NotRead)?;
        self.json.take(b':')?;
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        seed.deserialize(&mut *self.json)
    }
}

struct Items<'json, 'de> {
    json: &'json mut Json<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = NotRead;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if !self.json.goes_on(&mut self.first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.json).map(Some)
    }
}

impl<'de> Deserializer<'de> for &mut Json<'de> {
    type Error = NotRead;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            b'{' => self.object(visitor),
            b'[' => self.list(visitor),
            _ => self.single(visitor, |visitor, digits, whole| match (whole, digits.starts_with('-')) {
                // To serde_json this one is a fraction.
                (true, true) if digits == "-0" => Err(NotRead),
                (true, true) => visitor.visit_i64(digits.parse().map_err(|_| NotRead)?),
                (true, false) => visitor.visit_u64(digits.parse().map_err(|_| NotRead)?),
                // How a fraction becomes a binary one is serde_json's business.
                (false, _) => Err(NotRead),
            }),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            b'{' => self.object(visitor),
            b'[' => self.list(visitor),
            _ => self.single(visitor, |visitor, _, _| visitor.visit_unit()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.peek() == b'n' {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name == SCALAR {
            return self.single(visitor, |visitor, digits, _| visitor.visit_borrowed_bytes(digits.as_bytes()));
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct enum identifier
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::Value;

    use super::from_str;

    /// What is accepted is accepted by serde_json and read alike.
    fn check(text: &str) -> Result<bool, TestCaseError> {
        let Ok(ours) = from_str::<Value>(text) else { return Ok(false) };
        let theirs = serde_json::from_str::<Value>(text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(ours, theirs);
        Ok(true)
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            ".{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map("[a-zA-Zé ]{0,12}", inner, 0..5).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn ordinary_json_is_read(value in json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            prop_assert!(check(&text)?, "{}", text);
        }

        #[test]
        fn damaged_json_is_never_read_differently(value in json(), at: prop::sample::Index, byte in "[ -~\n\t]", cut: bool) {
            let mut text = serde_json::to_string(&value).unwrap();
            let at = at.index(text.len());
            if text.is_char_boundary(at) {
                if cut {
                    text.truncate(at);
                } else {
                    text.insert_str(at, &byte);
                }
                check(&text)?;
            }
        }

        #[test]
        fn anything_is_read_or_refused(text in "[\\[\\]{}\",:.eE+\\-0-9a-z\\\\ \n\0\u{1}é]{0,24}") {
            check(&text)?;
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for text in ["0", "7", "-12"] {
            assert!(check(text).unwrap(), "{text}");
        }
        for text in ["-0", "1e5", "1.5", "-0.0E-3"] {
            assert!(!check(text).unwrap(), "{text} is serde_json's to read");
        }
        for text in ["", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "0x1", "1 2", "1,", "NaN"] {
            assert!(from_str::<Value>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_follows_not_even_behind_a_zero_byte() {
        for text in ["{}\0", "{}\0{}", "[1] \0 2", "\"a\"\0"] {
            assert!(!check(text).unwrap(), "{text:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(&nested(100)).unwrap());
        assert!(!check(&nested(101)).unwrap());
        assert!(!check(&nested(100_000)).unwrap());
    }

    #[test]
    fn text_without_escapes_is_borrowed() {
        #[derive(Deserialize)]
        struct Borrowed<'a> {
            name: &'a str,
            others: BTreeMap<&'a str, Option<u8>>,
        }
        let text = r#" { "ignored" : [ { "x" : null } , 1.5 ] , "name" : "Renée" , "others" : { "a" : 1 , "b" : null } } "#;
        let read: Borrowed<'_> = from_str(text).unwrap();
        assert_eq!((read.name, read.others["a"], read.others["b"]), ("Renée", Some(1), None));
    }
}
