//! The XML that CSG's flat records need, cut into tokens that borrow from the text.
//!
//! A general XML library spends most of its time on what these answers do not have; here a record costs about as much as
//! a look at each byte. What is not understood is refused, never guessed at: document types and entity declarations first of all.
//! A test reads the same documents with a general library and compares.

use std::borrow::Cow;

/// Why a text is not XML as it is understood here.
pub(crate) type Problem = &'static str;

const NOT_WELL_FORMED: Problem = "not well-formed XML";
const TOO_EARLY: Problem = "the document ends too early";

/// One piece of a document. Comments and processing instructions are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Start(Start<'a>),
    /// The name of an end tag.
    End(&'a str),
    /// Text up to the next tag, references not yet resolved.
    Text(&'a str),
    /// The inside of a CDATA section, which has no references.
    CData(&'a str),
    /// Nothing is left.
    Eof,
}

/// A start tag, or a whole element without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start<'a> {
    pub(crate) name: &'a str,
    attributes: &'a str,
    /// Written as `<name/>`: no end tag follows.
    pub(crate) is_empty: bool,
}

pub(crate) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    /// Takes the declaration off, if there is one, and checks that it agrees with a text that is UTF-8.
    pub(crate) fn new(text: &'a str) -> Result<Self, Problem> {
        let Some(declaration) = text.strip_prefix("<?xml").filter(|rest| rest.starts_with(is_space)) else {
            return Ok(Self { rest: text });
        };
        let (declaration, rest) = declaration.split_once('>').ok_or(TOO_EARLY)?;
        let declaration = declaration.strip_suffix('?').ok_or(NOT_WELL_FORMED)?;
        match attribute(declaration, "encoding")? {
            Some(encoding) if !encoding.eq_ignore_ascii_case("utf-8") => Err("another encoding than UTF-8 is declared"),
            _ => Ok(Self { rest }),
        }
    }

    pub(crate) fn next(&mut self) -> Result<Token<'a>, Problem> {
        loop {
            let bytes = self.rest.as_bytes();
            return match (bytes.first(), bytes.get(1)) {
                (None, _) => Ok(Token::Eof),
                (Some(b'<'), Some(b'/')) => self.end_tag(),
                (Some(b'<'), Some(b'!')) if self.rest.starts_with("<!--") => {
                    self.take("<!--", "-->")?;
                    continue;
                }
                (Some(b'<'), Some(b'!')) if self.rest.starts_with("<![CDATA[") => self.take("<![CDATA[", "]]>").map(Token::CData),
                (Some(b'<'), Some(b'!')) => Err("a document type is refused"),
                (Some(b'<'), Some(b'?')) => {
                    match self.take("<?", "?>")?.split(is_space).next() {
                        Some("xml") => return Err("a declaration in the wrong place"),
                        Some(target) if is_name(target) => {}
                        _ => return Err(NOT_WELL_FORMED),
                    }
                    continue;
                }
                (Some(b'<'), _) => self.start_tag(),
                _ => Ok(Token::Text(self.text())),
            };
        }
    }

    /// Passes over white space, and takes the start tag behind it if that is nothing but a name, as nearly all of them are:
    /// one look at each byte. Anything else is left to [`Self::next`].
    #[inline]
    pub(crate) fn bare_start_tag(&mut self) -> Option<Start<'a>> {
        self.rest = self.rest.trim_start_matches(is_space);
        let tag = self.rest.strip_prefix('<')?;
        let bytes = tag.as_bytes();
        if !bytes.first()?.is_ascii_alphabetic() {
            return None;
        }
        let (name, after) = tag.split_at(bytes.iter().position(|b| ENDS_NAME[usize::from(*b)])?);
        let (is_empty, rest) = match after.strip_prefix('>') {
            Some(rest) => (false, rest),
            None => (true, after.strip_prefix("/>")?),
        };
        self.rest = rest;
        Some(Start { name, attributes: "", is_empty })
    }

    /// The text up to the end tag `name` and past it, if nothing else is in between: how nearly every value is written.
    pub(crate) fn plain_text(&mut self, name: &str) -> Option<&'a str> {
        let at = self.rest.bytes().position(|b| matches!(b, b'<' | b'&'))?;
        let (text, tag) = self.rest.split_at(at);
        self.rest = tag.strip_prefix("</")?.strip_prefix(name)?.strip_prefix('>')?;
        Some(text)
    }

    fn text(&mut self) -> &'a str {
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        text
    }

    /// What stands between `opening`, at which the scanner is, and `closing`.
    fn take(&mut self, opening: &str, closing: &str) -> Result<&'a str, Problem> {
        let (inside, rest) = self.rest[opening.len()..].split_once(closing).ok_or(TOO_EARLY)?;
        self.rest = rest;
        Ok(inside)
    }

    fn end_tag(&mut self) -> Result<Token<'a>, Problem> {
        let (name, rest) = self.rest[2..].split_once('>').ok_or(TOO_EARLY)?;
        self.rest = rest;
        let name = name.trim_end_matches(is_space);
        if is_name(name) { Ok(Token::End(name)) } else { Err(NOT_WELL_FORMED) }
    }

    fn start_tag(&mut self) -> Result<Token<'a>, Problem> {
        let end = end_of_tag(self.rest).ok_or(TOO_EARLY)?;
        let tag = &self.rest[1..end];
        self.rest = &self.rest[end + 1..];
        let (tag, is_empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, attributes) = tag.split_at(tag.find(is_space).unwrap_or(tag.len()));
        if is_name(name) { Ok(Token::Start(Start { name, attributes, is_empty })) } else { Err(NOT_WELL_FORMED) }
    }
}

impl<'a> Start<'a> {
    /// The value of an attribute as it is written, empty where it is missing.
    pub(crate) fn attribute(&self, name: &str) -> Result<&'a str, Problem> {
        attribute(self.attributes, name).map(Option::unwrap_or_default)
    }
}

/// Where the tag ends: the first `>` that is not inside quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    text.bytes().position(|b| {
        match (b, quote) {
            (b'"' | b'\'', None) => quote = Some(b),
            (_, Some(open)) if b == open => quote = None,
            _ => {}
        }
        b == b'>' && quote.is_none()
    })
}

/// Finds `name` among attributes, each of which has to be written as `name = "value"`.
fn attribute<'a>(attributes: &'a str, name: &str) -> Result<Option<&'a str>, Problem> {
    const PROBLEM: Problem = "an attribute is not well-formed";
    let mut rest = attributes.trim_matches(is_space);
    while !rest.is_empty() {
        let (found, value) = rest.split_once('=').ok_or(PROBLEM)?;
        let value = value.trim_start_matches(is_space);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or(PROBLEM)?;
        let (value, after) = value[1..].split_once(quote).ok_or(PROBLEM)?;
        if found.trim_end_matches(is_space) == name {
            return Ok(Some(value));
        }
        rest = after.trim_start_matches(is_space);
    }
    Ok(None)
}

/// The text with its references resolved: the five entities of XML, and characters by number.
pub(crate) fn resolved(text: &str) -> Result<Cow<'_, str>, Problem> {
    let Some(first) = text.find('&') else { return Ok(Cow::Borrowed(text)) };
    let mut whole = String::with_capacity(text.len());
    let (before, mut rest) = text.split_at(first);
    whole.push_str(before);
    while let Some(after) = rest.strip_prefix('&') {
        let (reference, after) = after.split_once(';').ok_or(NOT_WELL_FORMED)?;
        whole.push(referred(reference)?);
        let (plain, next) = after.split_at(after.find('&').unwrap_or(after.len()));
        whole.push_str(plain);
        rest = next;
    }
    Ok(Cow::Owned(whole))
}

fn referred(reference: &str) -> Result<char, Problem> {
    match reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => match reference.strip_prefix('#') {
            Some(number) => numbered(number).ok_or("a reference to a character that XML does not allow"),
            None if is_name(reference) => Err("an entity that XML does not define is refused"),
            None => Err(NOT_WELL_FORMED),
        },
    }
}

fn numbered(number: &str) -> Option<char> {
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    if digits.starts_with('+') {
        return None;
    }
    let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    is_allowed(character).then_some(character)
}

/// XML 1.0, production 2.
fn is_allowed(character: char) -> bool {
    !matches!(character, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

pub(crate) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Close enough to a name of XML: nothing that could be a part of markup.
fn is_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':'));
    starts_well && !name.bytes().any(|b| ENDS_NAME[usize::from(b)])
}

/// The bytes that no name holds.
const ENDS_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut bytes: &[u8] = b"<>&\"'/=; \t\r\n";
    while let [byte, rest @ ..] = bytes {
        table[*byte as usize] = true;
        bytes = rest;
    }
    table
};
