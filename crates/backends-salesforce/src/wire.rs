//! Salesforce's answers as they are on the wire.
//!
//! An org's field names are configuration, so a record is a list of members that is asked by name. It borrows from the
//! answer. Source: REST API Developer Guide (Query, Composite, error bodies) and the OAuth token response.

use std::borrow::Cow;
use std::fmt;

use backends_http::{Json, JsonKind, NotRead, Wire};
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
    /// At the member of this name.
    pub fn at(member: &str) -> Self {
        Self(member.to_owned())
    }

    /// The same place, seen from outside of `outer`.
    #[must_use]
    pub fn within(self, outer: impl fmt::Display) -> Self {
        Self(format!("{outer}.{}", self.0))
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

    /// A text that has something in it.
    ///
    /// # Errors
    /// If the member is something else. A number is taken for its digits.
    pub fn text(&self, name: &str) -> Result<Option<Cow<'_, str>>, Misfit> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok((!text.is_empty()).then_some(Cow::Borrowed(text))),
            Some(Value::Integer(number)) => Ok(Some(Cow::Owned(number.to_string()))),
            Some(_) => Err(Misfit::at(name)),
        }
    }

    /// A checkbox.
    ///
    /// # Errors
    /// If the member is something else.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Misfit> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Misfit::at(name)),
        }
    }

    /// A related record.
    ///
    /// # Errors
    /// If the member is something else.
    pub fn related(&self, name: &str) -> Result<Option<&Self>, Misfit> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Record(record)) => Ok(Some(record)),
            Some(_) => Err(Misfit::at(name)),
        }
    }

    /// The outcome of a sub-query; it is null where it found nothing.
    ///
    /// # Errors
    /// If the member is no query outcome.
    pub fn rows(&self, name: &str) -> Result<Rows<'_, 'a>, Misfit> {
        match self.related(name)? {
            None => Ok(Rows { records: &[], next: None }),
            Some(outcome) => Rows::of(outcome).map_err(|misfit| misfit.within(name)),
        }
    }
}

/// The records that a query, a sub-query or a further page gave.
#[derive(Debug)]
pub struct Rows<'r, 'a> {
    records: &'r [Value<'a>],
    next: Option<&'r str>,
}

impl<'r, 'a> Rows<'r, 'a> {
    /// Reads `{totalSize, done, records, nextRecordsUrl}`.
    ///
    /// # Errors
    /// If it is not that.
    pub fn of(outcome: &'r Record<'a>) -> Result<Self, Misfit> {
        let Some(Value::List(records)) = outcome.get("records") else {
            return Err(Misfit::at("records"));
        };
        let done = outcome.flag("done")?.ok_or_else(|| Misfit::at("done"))?;
        let next = match outcome.get("nextRecordsUrl") {
            Some(Value::Text(url)) if !done => Some(&**url),
            _ if done => None,
            _ => return Err(Misfit::at("nextRecordsUrl")),
        };
        Ok(Self { records, next })
    }

    /// How many records this page has.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether the page has no records.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The first record, if there is one.
    ///
    /// # Errors
    /// If it is no record.
    pub fn first(&self) -> Result<Option<&'r Record<'a>>, Misfit> {
        self.iter().next().transpose()
    }

    /// The records of this page.
    pub fn iter(&self) -> impl Iterator<Item = Result<&'r Record<'a>, Misfit>> {
        self.records.iter().enumerate().map(|(at, value)| match value {
            Value::Record(record) => Ok(record),
            _ => Err(Misfit(format!("records[{at}]"))),
        })
    }

    /// Calls `read` with every record of this page; its misfits get the record's place.
    ///
    /// # Errors
    /// The first misfit.
    pub fn each(&self, mut read: impl FnMut(&'r Record<'a>) -> Result<(), Misfit>) -> Result<(), Misfit> {
        self.iter().enumerate().try_for_each(|(at, record)| read(record?).map_err(|misfit| misfit.within(format_args!("records[{at}]"))))
    }

    /// Where the next page is, if this is not the last one.
    pub fn next(&self) -> Option<&'r str> {
        self.next
    }
}

/// The answer to a composite request. Its own status is always 200; each part has one of its own.
#[derive(Debug, Default, Deserialize)]
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

impl<'de> Wire<'de> for Record<'de> {
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        json.members(|json, name| {
            if name == ATTRIBUTES {
                return Attributes::default().read(json);
            }
            self.0.push((Cow::Borrowed(name), Value::Null));
            self.0.last_mut().map_or(Ok(()), |(_, value)| value.read(json))
        })
    }
}

impl<'de> Value<'de> {
    /// Read where it stays, which is `Null`.
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        match json.kind()? {
            JsonKind::Null => return json.null(),
            JsonKind::Flag => *self = Self::Flag(json.flag()?),
            JsonKind::Text => *self = Self::Text(json.text()?),
            // How a fraction is read is serde_json's business.
            JsonKind::Number => match json.number()? {
                (digits, true) if digits != "-0" => *self = Self::Integer(digits.parse().map_err(|_| NotRead)?),
                _ => return Err(NotRead),
            },
            JsonKind::Object => {
                let mut record = Record::default();
                record.read(json)?;
                *self = Self::Record(record);
            }
            JsonKind::List => *self = Self::List(list(json)?),
        }
        Ok(())
    }
}

fn list<'de>(json: &mut Json<'de>) -> Result<Vec<Value<'de>>, NotRead> {
    let mut list = Vec::new();
    let mut members = 0;
    json.items(|json| {
        let mut value = Value::Null;
        if json.kind()? == JsonKind::Object {
            // Most have as many members as the one before.
            let mut record = Record(Vec::with_capacity(members));
            record.read(json)?;
            members = record.0.len();
            value = Value::Record(record);
        } else {
            value.read(json)?;
        }
        list.push(value);
        Ok(())
    })?;
    Ok(list)
}

impl<'de> Wire<'de> for Composite<'de> {
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        let mut outcome = Record::default();
        outcome.read(json)?;
        match outcome.0.pop() {
            Some((name, Value::List(parts))) if name == "compositeResponse" && outcome.0.is_empty() => {
                self.parts = parts.into_iter().map(Part::of).collect::<Result<_, _>>()?;
                Ok(())
            }
            _ => Err(NotRead),
        }
    }
}

impl<'a> Part<'a> {
    fn of(part: Value<'a>) -> Result<Self, NotRead> {
        let Value::Record(Record(members)) = part else { return Err(NotRead) };
        let (mut body, mut status) = (None, None);
        for (name, value) in members {
            match (&*name, value) {
                ("body", value) if body.is_none() => body = Some(value),
                ("httpStatusCode", Value::Integer(code)) if status.is_none() => {
                    status = Some(u16::try_from(code).map_err(|_| NotRead)?);
                }
                ("body" | "httpStatusCode", _) => return Err(NotRead),
                _ => {}
            }
        }
        Ok(Self { body: body.ok_or(NotRead)?, status: status.ok_or(NotRead)? })
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
