//! [`Amount`]: exact decimal figures that keep the digits they were read with.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Text;

/// A decimal figure, exact to the digit: what is read as `0.00` is written as `0.00`, never as `0` or `0.0`.
///
/// The figure never passes through a binary float. It serialises as a JSON number, or as a JSON string after
/// [`Amount::quoted`] (one channel's documents want text). Both forms are read; each is written back in the
/// form it was read in.
///
/// ```
/// use tmf666_model::Amount;
///
/// let due: Amount = serde_json::from_str("277.940")?;
/// assert_eq!(due.as_str(), "277.940");
/// assert_eq!(serde_json::to_string(&due)?, "277.940");
/// assert_eq!((due.to_decimal()? * rust_decimal::Decimal::TWO).to_string(), "555.880");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Amount {
    /// Always a valid JSON number.
    digits: Text,
    quoted: bool,
}

/// Why a text is not an [`Amount`]. It does not repeat the text, which may be somebody's balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Not a decimal figure such as `12`, `-0.50`, `.5`, `+3` or `1e3`.
    #[error("not a decimal figure")]
    NotADecimal,
    /// A figure, but beyond what 28 digits can do arithmetic with; it can still be passed on as text.
    #[error("more digits than arithmetic can keep exact")]
    TooManyDigits,
}

impl Amount {
    /// Longest figure that is read: enough for any currency, and a bound on hostile input.
    pub const MAX_LEN: usize = 64;

    /// The figure zero, written `0`.
    pub const ZERO: Self = Self { digits: Text::from_static("0"), quoted: false };

    /// A figure of digits as JSON has them, perhaps with a fraction, as nearly all are. What else may be a figure is for [`str::parse`].
    #[inline]
    #[must_use]
    pub fn plain(text: &str) -> Option<Self> {
        (text.len() <= Self::MAX_LEN && is_plain(text.as_bytes())).then(|| Self { digits: Text::from(text), quoted: false })
    }

    /// The digits as they were read, a valid JSON number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The same figure, to be written as a JSON string (`"-17"`).
    #[must_use]
    pub fn quoted(mut self) -> Self {
        self.quoted = true;
        self
    }

    /// The same figure, to be written as a JSON number.
    #[must_use]
    pub fn unquoted(mut self) -> Self {
        self.quoted = false;
        self
    }

    /// Whether the figure is written as a JSON string.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// The figure for arithmetic.
    ///
    /// # Errors
    /// [`AmountError::TooManyDigits`] beyond 28 significant digits.
    pub fn to_decimal(&self) -> Result<Decimal, AmountError> {
        let parsed =
            if self.digits.contains(['e', 'E']) { Decimal::from_scientific(&self.digits) } else { Decimal::from_str_exact(&self.digits) };
        parsed.map_err(|_| AmountError::TooManyDigits)
    }

    /// Whether the figure is greater than zero, whatever its length.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        let mantissa = self.digits.split(['e', 'E']).next().unwrap_or_default();
        !mantissa.starts_with('-') && mantissa.bytes().any(|b| matches!(b, b'1'..=b'9'))
    }
}

impl From<Decimal> for Amount {
    /// Keeps the decimal's scale: `1.50` stays `1.50`.
    fn from(value: Decimal) -> Self {
        use std::fmt::Write;
        let mut digits = Text::default();
        // Writing into a `Text` cannot fail.
        let _ = write!(digits, "{value}");
        Self { digits, quoted: false }
    }
}

impl From<i64> for Amount {
    fn from(value: i64) -> Self {
        Self::from(Decimal::from(value))
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads a decimal figure. Digits stay as they are; only what JSON does not allow is mended: a leading `+`,
    /// a missing digit before or after the point, zeros in front (`+.5` is `0.5`, `007` is `7`).
    fn from_str(text: &str) -> Result<Self, AmountError> {
        if text.len() > Self::MAX_LEN {
            return Err(AmountError::NotADecimal);
        }
        if let Some(plain) = Self::plain(text) {
            return Ok(plain);
        }
        let parts = Parts::split(text).ok_or(AmountError::NotADecimal)?;
        let digits = if parts.is_json() { Text::from(text) } else { parts.mended() };
        Ok(Self { digits, quoted: false })
    }
}

/// A figure cut into its parts, each checked to hold digits only.
struct Parts<'a> {
    sign: &'a str,
    whole: &'a str,
    fraction: Option<&'a str>,
    /// With its `e`, as it came.
    exponent: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let sign = &text[..text.len() - unsigned.len()];
        let mantissa_end = unsigned.find(['e', 'E']).unwrap_or(unsigned.len());
        let (mantissa, exponent) = unsigned.split_at(mantissa_end);
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let has_digits = !whole.is_empty() || fraction.is_some_and(|f| !f.is_empty());
        let valid = has_digits && all_digits(whole) && fraction.is_none_or(all_digits) && exponent_is_valid(exponent);
        valid.then_some(Self { sign, whole, fraction, exponent })
    }

    fn is_json(&self) -> bool {
        self.sign != "+"
            && !self.whole.is_empty()
            && (self.whole.len() == 1 || !self.whole.starts_with('0'))
            && self.fraction.is_none_or(|f| !f.is_empty())
    }

    fn mended(&self) -> Text {
        let mut digits = String::with_capacity(self.whole.len() + self.fraction.map_or(0, str::len) + 8);
        if self.sign == "-" {
            digits.push('-');
        }
        match self.whole.trim_start_matches('0') {
            "" => digits.push('0'),
            whole => digits.push_str(whole),
        }
        if let Some(fraction) = self.fraction.filter(|f| !f.is_empty()) {
            digits.push('.');
            digits.push_str(fraction);
        }
        digits.push_str(self.exponent);
        Text::from(digits)
    }
}

/// Whether a figure is digits as JSON has them, perhaps with a fraction, as nearly all are.
fn is_plain(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let whole = unsigned.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole_fits = whole == 1 || (whole > 1 && unsigned[0] != b'0');
    whole_fits
        && match &unsigned[whole..] {
            [] => true,
            [b'.', fraction @ ..] => !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit),
            _ => false,
        }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn exponent_is_valid(exponent: &str) -> bool {
    match exponent.strip_prefix(['e', 'E']) {
        None => true,
        Some(rest) => {
            let digits = rest.strip_prefix(['-', '+']).unwrap_or(rest);
            !digits.is_empty() && all_digits(digits)
        }
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.quoted {
            return serializer.serialize_str(&self.digits);
        }
        // serde has no number of any length; a raw value is how serde_json writes digits unchanged.
        let raw: &RawValue = serde_json::from_str(&self.digits).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(raw.get()).map_err(serde::de::Error::custom)
    }
}

impl Amount {
    /// Reads the JSON text of a number or of a string that holds one.
    pub(crate) fn from_json(json: &str) -> Result<Self, AmountError> {
        if json.starts_with('"') {
            let text: String = serde_json::from_str(json).map_err(|_| AmountError::NotADecimal)?;
            return Ok(text.parse::<Self>()?.quoted());
        }
        json.parse()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Exact decimal figure with the digits of the billing system; a number, or text where the channel's documents say so.",
            "anyOf": [
                { "type": "number" },
                { "type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$" }
            ]
        })
    }
}
