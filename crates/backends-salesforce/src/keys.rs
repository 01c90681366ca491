//! What a caller may ask by.

/// A mobile number with its country code: 11 digits, the first of them 1 (North American Numbering Plan).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Msisdn<'a>(&'a str);

/// The text is not a mobile number of 11 digits with a leading 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an MSISDN has 11 digits with a leading 1")]
pub struct InvalidMsisdn;

impl<'a> Msisdn<'a> {
    /// Takes the number as the caller wrote it. Nothing is repaired: a number with blanks or without its 1 is not valid.
    ///
    /// # Errors
    /// [`InvalidMsisdn`] for everything else.
    pub fn new(text: &'a str) -> Result<Self, InvalidMsisdn> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && text.len() == 11 && text.starts_with('1') { Ok(Self(text)) } else { Err(InvalidMsisdn) }
    }

    /// The digits.
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

/// A billing account number, as in `31515070-31513558`. It is text: any characters, letters and dashes among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ban<'a>(&'a str);

/// The text cannot be a billing account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a billing account number has 1 to 255 characters and no control characters")]
pub struct InvalidBan;

impl<'a> Ban<'a> {
    /// Longest value of a Salesforce text field.
    const MAX_LENGTH: usize = 255;

    /// Takes the number as the caller wrote it.
    ///
    /// # Errors
    /// [`InvalidBan`] if no text field could hold it.
    pub fn new(text: &'a str) -> Result<Self, InvalidBan> {
        let length = text.chars().count();
        if (1..=Self::MAX_LENGTH).contains(&length) && !text.chars().any(char::is_control) { Ok(Self(text)) } else { Err(InvalidBan) }
    }

    /// The number.
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}
