//! Salesforce's answers as they are on the wire.
//!
//! Whatever serde has to read is read as it comes, a record as a list of members that is asked by name. It borrows from the
//! answer. Source: REST API Developer Guide (Query, Composite, error bodies) and the OAuth token response.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value of an answer.
#[derive(Debug)]
pub enum Value<'a> {
    /// A selected field without a value, or a relation to nothing.
    Null,
    /// A checkbox.
    Flag(bool),
    /// A number without a fraction.
    Integer(i64),
    /// Text.
    Text(Cow<'a, str>),
    /// A related record, or the outcome of a sub-query.
    Record(Record<'a>),
    /// Records.
    List(Vec<Value<'a>>),
    /// A number with a fraction. Nothing here has one.
    Other,
}

/// A JSON object of an answer, `attributes` left out.
#[derive(Debug, Default)]
pub struct Record<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// A place in an answer that does not fit; the path, as in `records[0].Name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(pub String);

impl Misfit {
    /// At the value itself; see [`Self::within`].
    pub(crate) fn here() -> Self {
        Self(String::new())
    }

    /// At the member of this name.
    pub fn at(member: &str) -> Self {
        Self(member.to_owned())
    }

    /// The same place, seen from outside of `outer`.
    #[must_use]
    pub fn within(self, outer: impl fmt::Display) -> Self {
        Self(if self.0.is_empty() { outer.to_string() } else { format!("{outer}.{}", self.0) })
    }
}

/// A record's account of itself, left out.
const ATTRIBUTES: &str = "attributes";

impl<'a> Record<'a> {
    /// The member, unless it is null or absent.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let (_, value) = self.0.iter().find(|(member, _)| member == name)?;
        (!matches!(value, Value::Null)).then_some(value)
    }
}

/// The answer to a composite request. Its own status is always 200; each part has one of its own.
#[derive(Debug, Deserialize)]
pub struct Composite<'a> {
    /// The parts, in the order of the request.
    #[serde(rename = "compositeResponse", borrow)]
    pub parts: Vec<Part<'a>>,
}

/// The outcome of one part of a composite request.
#[derive(Debug, Deserialize)]
pub struct Part<'a> {
    /// What the part would have answered on its own.
    #[serde(borrow)]
    pub body: Value<'a>,
    /// The status it would have had on its own.
    #[serde(rename = "httpStatusCode")]
    pub status: u16,
}

/// What a failed API request answers: an array of these.
#[derive(Debug, Deserialize)]
pub struct Failure<'a> {
    /// A code in capitals.
    #[serde(rename = "errorCode", borrow)]
    pub code: Cow<'a, str>,
}

/// The answer of the token endpoint. There is no `expires_in`: a token lives until it is not used for a while.
///
/// It holds the token, so it has no `Debug`.
#[derive(Deserialize)]
pub struct TokenGranted<'a> {
    /// Sent as bearer token.
    #[serde(borrow)]
    pub access_token: Cow<'a, str>,
    /// The org's own address.
    #[serde(borrow)]
    pub instance_url: Cow<'a, str>,
}

/// What a failed token request answers: an object, unlike everything else.
#[derive(Debug, Deserialize)]
pub struct TokenRefused<'a> {
    /// A code in lower case.
    #[serde(borrow)]
    pub error: Cow<'a, str>,
}

backends_http::wire! {
    /// What every record says of itself and nobody wants.
    pub struct Attributes {
        /// Name of the record's type.
        pub kind: IgnoredAny => "type",
        /// Where the record is.
        pub url: IgnoredAny => "url",
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Record<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Record(record) => Ok(record),
            _ => Err(D::Error::custom("an object is expected")),
        }
    }
}

/// Reads whatever comes. The bounded nesting is the JSON reader's.
struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value<'de>, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(number).map_or(Value::Other, Value::Integer))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value<'de>, E> {
        Ok(Value::Other)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
        let mut record = Record::default();
        while let Some(Name(name)) = members.next_key()? {
            if name == ATTRIBUTES {
                members.next_value::<IgnoredAny>()?;
            } else {
                record.0.push((name, members.next_value()?));
            }
        }
        Ok(Value::Record(record))
    }
}

/// A member's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowing;

        impl<'de> Visitor<'de> for Borrowing {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Borrowing)
    }
}
