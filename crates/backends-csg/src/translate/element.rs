//! What the text of an element can mean.

use tmf666_model::{Amount, Text};

use crate::wire::Element;

/// An element whose text does not fit its meaning. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{expected} is expected")]
pub struct FieldError {
    /// CSG's name of the element.
    pub element: &'static str,
    /// What its text should be.
    pub expected: &'static str,
}

type Result<T, E = FieldError> = std::result::Result<T, E>;

impl Element<'_> {
    /// The text, if there is any.
    pub(super) fn value(self) -> Option<Text> {
        if self.text.is_empty() { None } else { Some(Text::from(self.text)) }
    }

    /// The text of an element that every account has.
    pub(super) fn required(self) -> Result<Text> {
        self.value().ok_or(self.unfit("a value"))
    }

    /// A decimal figure with the digits that CSG sent.
    pub(super) fn amount(self) -> Result<Option<Amount>> {
        if self.text.is_empty() {
            return Ok(None);
        }
        self.text.parse().map(Some).map_err(|_| self.unfit("a decimal figure"))
    }

    /// A number without sign and fraction, below 1,000.
    pub(super) fn small_number(self) -> Result<Option<i64>> {
        if self.text.is_empty() {
            return Ok(None);
        }
        if self.text.len() > 3 || !self.text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.unfit("a whole number"));
        }
        self.text.parse().map(Some).map_err(|_| self.unfit("a whole number"))
    }

    /// A date-time: the one CSG sent, or the start of the day it sent.
    pub(super) fn date_time(self) -> Result<Option<Text>> {
        if self.text.is_empty() {
            return Ok(None);
        }
        let time = self.checked_date()?;
        if !time.is_empty() {
            return Ok(self.value());
        }
        let mut date_time = [0; 24];
        date_time[..10].copy_from_slice(self.text.as_bytes());
        date_time[10..].copy_from_slice(b"T00:00:00.000Z");
        Ok(std::str::from_utf8(&date_time).ok().map(Text::from))
    }

    /// The date alone, also of a date-time.
    pub(super) fn date(self) -> Result<Option<Text>> {
        if self.text.is_empty() {
            return Ok(None);
        }
        self.checked_date()?;
        Ok(Some(Text::from(&self.text[..10])))
    }

    /// Checks the whole and returns what follows the date: nothing, or a time.
    fn checked_date(&self) -> Result<&str> {
        let expected = self.unfit("a date, yyyy-MM-dd, or a date-time");
        let date = self.text.as_bytes().first_chunk::<10>().ok_or(expected)?;
        let time = self.text.get(10..).ok_or(expected)?;
        if is_date(date) && (time.is_empty() || is_time(time.as_bytes())) { Ok(time) } else { Err(expected) }
    }

    pub(super) fn is_yes(self) -> bool {
        self.text.eq_ignore_ascii_case("Y")
    }

    fn unfit(&self, expected: &'static str) -> FieldError {
        FieldError { element: self.name, expected }
    }
}

fn is_date(date: &[u8; 10]) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return false };
    [y1, y2, y3, y4].iter().all(|digit| digit.is_ascii_digit())
        && two_digits(*m1, *m2).is_some_and(|month| (1..=12).contains(&month))
        && two_digits(*d1, *d2).is_some_and(|day| (1..=31).contains(&day))
}

/// `Thh:mm:ss`, perhaps a fraction, perhaps `Z` or an offset.
fn is_time(time: &[u8]) -> bool {
    let Some(([b'T', h1, h2, b':', m1, m2, b':', s1, s2], rest)) = time.split_first_chunk::<9>() else { return false };
    let in_range = two_digits(*h1, *h2).is_some_and(|hour| hour < 24)
        && two_digits(*m1, *m2).is_some_and(|minute| minute < 60)
        && two_digits(*s1, *s2).is_some_and(|second| second <= 60);
    in_range && without_fraction(rest).is_some_and(is_offset)
}

fn without_fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some(fraction) = rest.strip_prefix(b".") else { return Some(rest) };
    let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=9).contains(&digits).then(|| &fraction[digits..])
}

fn is_offset(offset: &[u8]) -> bool {
    match offset {
        b"" | b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            two_digits(*h1, *h2).is_some_and(|hours| hours < 24) && two_digits(*m1, *m2).is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}
