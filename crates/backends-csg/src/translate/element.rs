//! What the text of an element can mean.

use tmf666_model::{Amount, Text, is_date_time};

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

/// Bytes of `yyyy-MM-dd`.
const DATE: usize = 10;

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
        let day = self.checked_date()?;
        Ok(if self.text.len() == DATE { Some(day) } else { self.value() })
    }

    /// The date alone, also of a date-time.
    pub(super) fn date(self) -> Result<Option<Text>> {
        if self.text.is_empty() {
            return Ok(None);
        }
        self.checked_date()?;
        Ok(Some(Text::from(&self.text[..DATE])))
    }

    /// Checks the whole, a date or a date-time, and returns the start of its day in UTC.
    fn checked_date(&self) -> Result<Text> {
        self.start_of_day().ok_or(self.unfit("a date, yyyy-MM-dd, or a date-time"))
    }

    fn start_of_day(&self) -> Option<Text> {
        let (date, time) = self.text.split_at_checked(DATE)?;
        let mut start = [0; 24];
        start[..DATE].copy_from_slice(date.as_bytes());
        start[DATE..].copy_from_slice(b"T00:00:00.000Z");
        let start = std::str::from_utf8(&start).ok()?;
        (is_date_time(start) && (time.is_empty() || is_time(time.as_bytes()))).then(|| Text::from(start))
    }

    pub(super) fn is_yes(self) -> bool {
        self.text.eq_ignore_ascii_case("Y")
    }

    fn unfit(&self, expected: &'static str) -> FieldError {
        FieldError { element: self.name, expected }
    }
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
