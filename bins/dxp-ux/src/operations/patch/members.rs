//! What members of a body may hold: texts of bounded length, and one of a few words.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tmf666_model::Text;
use ux_server::{ApiError, JsonBody};

/// A value that is written as a text with rules.
pub(super) trait FromText: Sized {
    /// Completes "expected …".
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result;
    /// `None` for a text that breaks the rules.
    fn from_text(text: &str) -> Option<Self>;
}

/// A member whose text obeyed the rules of `T`.
pub(super) struct Checked<T>(pub(super) T);

impl<'de, T: FromText> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: FromText> Visitor<'_> for TextVisitor<T> {
    type Value = Checked<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::expected(f)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::from_text(text).map(Checked).ok_or_else(|| E::invalid_value(Unexpected::Other("text"), &self))
    }
}

/// 1 to `MAX` characters, not all of them blank, and no control characters.
pub(super) struct Limited<const MAX: usize>(pub(super) Text);

impl<const MAX: usize> FromText for Limited<MAX> {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text of 1 to {MAX} characters")
    }

    fn from_text(text: &str) -> Option<Self> {
        let fits = text.chars().count() <= MAX && !text.trim().is_empty() && !text.chars().any(char::is_control);
        fits.then(|| Self(Text::from(text)))
    }
}

/// An e-mail address of at most 50 characters: something, an at sign, a domain. Whether it exists, only a mail can tell.
pub(super) struct EmailAddress(pub(super) Text);

impl FromText for EmailAddress {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an e-mail address of at most 50 characters")
    }

    fn from_text(text: &str) -> Option<Self> {
        let (name, domain) = text.rsplit_once('@')?;
        let fits = text.chars().count() <= 50
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
            && !name.is_empty()
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty());
        fits.then(|| Self(Text::from(text)))
    }
}

/// A mobile number.
pub(super) struct MobileNumber(pub(super) Text);

impl FromText for MobileNumber {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an MSISDN: 11 digits with a leading 1")
    }

    fn from_text(text: &str) -> Option<Self> {
        backends_salesforce::Msisdn::new(text).ok().map(|msisdn| Self(Text::from(msisdn.as_str())))
    }
}

/// The front end that a change came through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SourceSystem {
    /// Interactive voice response.
    Ivr,
    /// App and web.
    Digital,
}

impl SourceSystem {
    /// The document's text, and Salesforce's.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ivr => "IVR",
            Self::Digital => "Digital",
        }
    }
}

impl FromText for SourceSystem {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IVR or Digital")
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Ivr, Self::Digital].into_iter().find(|system| system.as_str() == text)
    }
}

/// Reads a value whose rules were not known until others had been read.
pub(super) fn read_raw<T: FromText>(raw: &RawValue, place: impl FnOnce() -> String) -> Result<T, ApiError> {
    match serde_json::from_str::<Checked<T>>(raw.get()) {
        Ok(Checked(value)) => Ok(value),
        Err(_) => Err(JsonBody::refuse(&place(), &fmt::from_fn(T::expected).to_string())),
    }
}
