//! JSON that is in memory as a whole, read straight into wire structs, at a fraction of serde_json's work.
//!
//! The reader owns only the straight way. What it does not understand, or understands and does not like, is left to serde_json,
//! which reads the text again and has the last word and all the error messages. So this reader may refuse too much, at the cost of
//! time, but it must never accept what serde_json refuses, or read it differently; a property test holds the two together.

use std::borrow::Cow;

use tmf666_model::special_bytes;

/// Deepest nesting.
const MAX_DEPTH: u8 = 100;

/// Left to serde_json, which will say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not read")]
pub struct NotRead;

type Result<T> = std::result::Result<T, NotRead>;

/// JSON text that has been read up to some place. What is left of it is a customer's, so it has no `Debug`.
pub struct Json<'de> {
    rest: &'de str,
    depth: u8,
}

/// What a value is, by its first character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{`
    Object,
    /// `[`
    List,
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// `null`
    Null,
}

/// Stands for the end of the text; JSON has this byte nowhere.
const END: u8 = 0;

impl<'de> Json<'de> {
    /// The beginning of a text.
    #[must_use]
    pub fn new(text: &'de str) -> Self {
        Self { rest: text, depth: MAX_DEPTH }
    }

    /// Checks that nothing follows.
    ///
    /// # Errors
    /// Something does.
    pub fn end(mut self) -> Result<()> {
        self.skip_space();
        if self.rest.is_empty() { Ok(()) } else { Err(NotRead) }
    }

    /// The next byte that is not white space; stays on it.
    #[inline]
    fn peek(&mut self) -> u8 {
        let next = self.rest.as_bytes().first().copied().unwrap_or(END);
        if next > b' ' { next } else { self.skip_space() }
    }

    fn skip_space(&mut self) -> u8 {
        let space = self.rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
        self.rest = self.rest.get(space..).unwrap_or_default();
        self.rest.as_bytes().first().copied().unwrap_or(END)
    }

    /// What the next value is; stays before it.
    ///
    /// # Errors
    /// It is none.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind> {
        match self.peek() {
            b'"' => Ok(Kind::Text),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::List),
            b't' | b'f' => Ok(Kind::Flag),
            b'n' => Ok(Kind::Null),
            _ => Err(NotRead),
        }
    }

    /// A string, at its quote.
    ///
    /// # Errors
    /// It is none.
    #[inline]
    pub fn text(&mut self) -> Result<Cow<'de, str>> {
        match self.plain_text() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.escaped_text().map(Cow::Owned),
        }
    }

    /// The string that begins here, if one does and nothing in it is escaped; else stays where it is.
    #[inline]
    pub fn plain_text(&mut self) -> Option<&'de str> {
        let text = behind(b'"', self.rest)?;
        let (text, rest) = text.split_at_checked(end_of_plain_text(text.as_bytes(), 0))?;
        self.rest = behind(b'"', rest)?;
        Some(text)
    }

    #[cold]
    fn escaped_text(&mut self) -> Result<String> {
        let mut end = 1;
        loop {
            end = end_of_plain_text(self.rest.as_bytes(), end);
            match self.rest.as_bytes().get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                _ => return Err(NotRead),
            }
        }
        let (string, rest) = self.rest.split_at_checked(end + 1).ok_or(NotRead)?;
        self.rest = rest;
        serde_json::from_str(string).map_err(|_| NotRead)
    }

    /// A number as it is written (RFC 8259, section 6), and whether it is a whole one.
    ///
    /// # Errors
    /// It is none.
    pub fn number(&mut self) -> Result<(&'de str, bool)> {
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let begin = usize::from(bytes.first() == Some(&b'-'));
        let mut end = digits(begin);
        let mut fits = end == begin + 1 || (end > begin && bytes[begin] != b'0');
        let whole = end;
        if bytes.get(end) == Some(&b'.') {
            let fraction = end + 1;
            end = digits(fraction);
            fits &= end > fraction;
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            let exponent = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            end = digits(exponent);
            fits &= end > exponent;
        }
        let (number, rest) = self.rest.split_at_checked(end).filter(|_| fits).ok_or(NotRead)?;
        self.rest = rest;
        Ok((number, whole == end))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// It is neither.
    pub fn flag(&mut self) -> Result<bool> {
        let flag = self.rest.starts_with('t');
        self.word(if flag { "true" } else { "false" })?;
        Ok(flag)
    }

    /// `null`
    ///
    /// # Errors
    /// It is something else.
    pub fn null(&mut self) -> Result<()> {
        self.word("null")
    }

    fn word(&mut self, word: &str) -> Result<()> {
        self.rest = self.rest.strip_prefix(word).ok_or(NotRead)?;
        Ok(())
    }

    /// Enters an object or a list; true if there is something in it.
    ///
    /// # Errors
    /// It is none, or nested too deeply.
    #[inline]
    pub fn enter(&mut self, begin: u8, end: u8) -> Result<bool> {
        self.peek();
        self.rest = behind(begin, self.rest).ok_or(NotRead)?;
        self.peek();
        if let Some(rest) = behind(end, self.rest) {
            self.rest = rest;
            return Ok(false);
        }
        self.depth = self.depth.checked_sub(1).ok_or(NotRead)?;
        Ok(true)
    }

    /// Whether another member or item follows; if not, the object or list has been left.
    ///
    /// # Errors
    /// Neither a comma nor its end comes.
    #[inline]
    pub fn goes_on(&mut self, end: u8) -> Result<bool> {
        self.peek();
        if let Some(rest) = behind(b',', self.rest) {
            self.rest = rest;
            // So that the name of a member is what comes now.
            self.peek();
            return Ok(true);
        }
        self.rest = behind(end, self.rest).ok_or(NotRead)?;
        self.depth += 1;
        Ok(false)
    }

    /// Whether the member of this name comes next; then its value does. `name` has its quotes and the colon.
    #[inline]
    pub fn is_named(&mut self, name: &'static str) -> bool {
        self.is_before(self.rest.strip_prefix(name))
    }

    /// The same for a name that only the running program knows, without quotes and colon.
    // Asked for each member of a record: see `member`.
    #[inline(never)]
    pub fn is_member(&mut self, name: &str) -> bool {
        self.is_before(behind(b'"', self.rest).and_then(|rest| rest.strip_prefix(name)?.strip_prefix("\":")))
    }

    /// Goes on with the rest behind what was looked for, if it was there.
    #[inline]
    fn is_before(&mut self, rest: Option<&'de str>) -> bool {
        if let Some(rest) = rest {
            self.rest = rest;
        }
        rest.is_some()
    }

    /// The name of the next member, whatever it is; its value comes next.
    ///
    /// # Errors
    /// There is no name, or one with escapes, which nobody writes.
    pub fn name(&mut self) -> Result<&'de str> {
        if self.peek() != b'"' {
            return Err(NotRead);
        }
        let name = self.plain_text().ok_or(NotRead)?;
        self.peek();
        self.rest = behind(b':', self.rest).ok_or(NotRead)?;
        Ok(name)
    }

    /// Goes past a value that nobody wants.
    ///
    /// # Errors
    /// It is none.
    pub fn ignore(&mut self) -> Result<()> {
        match self.kind()? {
            Kind::Text => self.text().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Flag => self.flag().map(drop),
            Kind::Null => self.null(),
            Kind::List => self.items(Self::ignore),
            Kind::Object => self.members(|json, _| json.ignore()),
        }
    }

    /// A list: `item` reads each of its values.
    ///
    /// # Errors
    /// It is none, or what `item` says.
    #[inline]
    pub fn items(&mut self, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        let mut more = self.enter(b'[', b']')?;
        while more {
            item(self)?;
            more = self.goes_on(b']')?;
        }
        Ok(())
    }

    /// An object: `member` is told a name and reads the value.
    ///
    /// # Errors
    /// It is none, or what `member` says.
    #[inline]
    pub fn members(&mut self, mut member: impl FnMut(&mut Self, &'de str) -> Result<()>) -> Result<()> {
        let mut more = self.enter(b'{', b'}')?;
        while more {
            let name = self.name()?;
            member(self, name)?;
            more = self.goes_on(b'}')?;
        }
        Ok(())
    }
}

/// What comes behind a character of JSON's own, if it begins the text.
#[inline]
fn behind(character: u8, text: &str) -> Option<&str> {
    if text.as_bytes().first() != Some(&character) {
        return None;
    }
    // Cheaper than a slice, which would have to see whether another character begins there; and than `strip_prefix`, where the
    // compiler leaves that a call.
    let mut characters = text.chars();
    characters.next();
    Some(characters.as_str())
}

/// Where text that means itself ends: at a quote, a backslash, a control character or the end. Asks eight bytes at a time.
#[inline]
fn end_of_plain_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
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
