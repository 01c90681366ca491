//! Forms that native members must have, checked when an account file is read.

use serde::{Serialize as _, Serializer};
use serde_json::value::RawValue;

/// A text that was checked when it was read; dereferences to the text as written. In JSON it goes out as a
/// `text`, or as a `number` with the digits as written (null if empty).
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $kind:ident, $form:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub(crate) struct $name(String);

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(concat!("expected ", $form)) }
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::value::$kind(&self.0, serializer)
            }
        }
    };
}
pub(crate) use checked_text;

pub(crate) fn text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

pub(crate) fn number<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if digits.is_empty() {
        return serializer.serialize_none();
    }
    let raw = RawValue::from_string(digits.to_owned()).map_err(serde::ser::Error::custom)?;
    raw.serialize(serializer)
}

checked_text!(
    /// A decimal amount, or nothing.
    Amount, number, "an amount such as \"277.94\" or \"-1\"", |text| text.is_empty() || is_amount(text)
);
checked_text!(
    /// A date or a date-time, or nothing.
    Moment, text, "a date such as \"2023-06-29\" or \"2023-06-29T00:00:00.000Z\"",
    |text| text.is_empty() || is_moment(text)
);
checked_text!(
    /// Digits, leading zeros included, or nothing.
    Digits, text, "digits", is_digits
);
checked_text!(
    /// A whole number without leading zeros, or nothing.
    Whole, number, "a whole number",
    |text| text.is_empty() || (is_digits(text) && is_amount(text))
);
checked_text!(
    /// An account number: not empty, no blanks.
    AccountNumber, text, "an account number without blanks",
    |text| !text.is_empty() && !text.contains(char::is_whitespace)
);

impl AccountNumber {
    /// The number so many after this one.
    pub(crate) fn after(&self, step: u64) -> Self {
        Self(crate::data::number_after(&self.0, step))
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits with an optional sign and fraction, as JSON writes them.
pub(crate) fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let some_digits = |part: &str| !part.is_empty() && is_digits(part);
    // JSON knows no number with a leading zero before another digit.
    some_digits(whole) && some_digits(fraction) && (whole.len() == 1 || !whole.starts_with('0'))
}

/// A phone number as the systems compare them: digits only, and a Caribbean number without its leading 1.
pub(crate) fn phone_key(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('1') {
        Some(rest) if rest.len() == 10 => rest.to_owned(),
        _ => digits,
    }
}

/// `yyyy-MM-dd`, alone or followed by `Thh:mm:ss`, an optional fraction, and `Z`, an offset or nothing.
pub(crate) fn is_moment(text: &str) -> bool {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    is_date(date) && time.is_none_or(is_time)
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let [Some(year), Some(month), Some(day), None] = [parts.next(), parts.next(), parts.next(), parts.next()] else {
        return false;
    };
    let Some(year) = places(year, 4) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match places(month, 2) {
        Some(4 | 6 | 9 | 11) => 30,
        Some(2) if leap => 29,
        Some(2) => 28,
        Some(1..=12) => 31,
        _ => return false,
    };
    places(day, 2).is_some_and(|day| (1..=days).contains(&day))
}

fn is_time(text: &str) -> bool {
    let clock_ends = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(clock_ends);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let hour = parts.next().and_then(|part| places(part, 2));
    let minute = parts.next().and_then(|part| places(part, 2));
    let second = parts.next().and_then(|part| places(part, 2));
    hour.is_some_and(|hour| hour < 24)
        && minute.is_some_and(|minute| minute < 60)
        && second.is_some_and(|second| second < 61)
        && parts.next().is_none()
        && !fraction.is_empty()
        && is_digits(fraction)
        && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    if text.is_empty() || text == "Z" {
        return true;
    }
    let Some((hours, minutes)) = text[1..].split_once(':') else {
        return false;
    };
    places(hours, 2).is_some_and(|hours| hours < 24) && places(minutes, 2).is_some_and(|minutes| minutes < 60)
}

fn places(text: &str, width: usize) -> Option<u32> {
    (text.len() == width && is_digits(text)).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{is_amount, is_moment};

    #[test]
    fn amounts() {
        for good in ["0", "0.00", "-76.98", "6000", "0.5"] {
            assert!(is_amount(good), "{good}");
        }
        for bad in ["", "-", ".5", "1.", "1,5", "1e3", "007", "--1", "1.2.3"] {
            assert!(!is_amount(bad), "{bad}");
        }
    }

    #[test]
    fn moments() {
        for good in ["0001-01-01", "2024-02-29", "2023-06-29T00:00:00.000Z", "2023-06-29T10:11:12-04:00", "2023-06-29T10:11:12"] {
            assert!(is_moment(good), "{good}");
        }
        for bad in [
            "",
            "2023-02-29",
            "2023-13-01",
            "2023-1-01",
            "29-06-2023",
            "2023-06-29 00:00:00",
            "2023-06-29T24:00:00Z",
            "2023-06-29T00:00Z",
            "2023-06-29T00:00:00+0400",
        ] {
            assert!(!is_moment(bad), "{bad}");
        }
    }
}
