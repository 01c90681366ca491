//! [`AnyValue`]: the value of a characteristic, which TMF666 leaves open.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::extra::check_depth;
use crate::{Amount, Text};

/// Any JSON value, kept exactly.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum AnyValue {
    /// Text, by far the most common.
    Text(Text),
    /// A number with its digits.
    Number(Amount),
    /// `true` or `false`.
    Boolean(bool),
    /// A list, an object or `null`, as its JSON text.
    Json(Box<RawValue>),
}

impl AnyValue {
    /// A value of any serialisable type, such as a list of texts.
    ///
    /// # Errors
    /// Fails only where `value` itself cannot be written as JSON.
    pub fn json(value: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(Self::Json)
    }

    /// The text, if the value is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl PartialEq for AnyValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Json(a), Self::Json(b)) => a.get() == b.get(),
            _ => false,
        }
    }
}

impl From<Text> for AnyValue {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for AnyValue {
    fn from(text: &str) -> Self {
        Self::Text(Text::from(text))
    }
}

impl From<Amount> for AnyValue {
    fn from(figure: Amount) -> Self {
        Self::Number(figure.unquoted())
    }
}

impl From<bool> for AnyValue {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

impl Serialize for AnyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Number(figure) => figure.serialize(serializer),
            Self::Boolean(flag) => flag.serialize(serializer),
            Self::Json(raw) => raw.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_raw(&raw).map_err(serde::de::Error::custom)
    }
}

impl AnyValue {
    /// Fails only for a text whose escapes do not make one, and for what is nested too deeply.
    pub(crate) fn from_raw(raw: &RawValue) -> serde_json::Result<Self> {
        let json = raw.get();
        Ok(match json.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            Some(b't') => Self::Boolean(true),
            Some(b'f') => Self::Boolean(false),
            // A figure too long for an amount stays as its JSON text.
            Some(b'-' | b'0'..=b'9') => json.parse().map_or_else(|_| Self::Json(raw.to_owned()), Self::Number),
            _ => {
                check_depth(raw).map_err(serde_json::Error::custom)?;
                Self::Json(raw.to_owned())
            }
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for AnyValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AnyValue".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "description": "Any JSON value: text, number, boolean, list or object." })
    }
}
