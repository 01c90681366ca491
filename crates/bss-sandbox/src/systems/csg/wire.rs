//! CSG's envelope: the request's attributes and arguments, the answer's status.

use std::fmt::Write as _;

use hyper::StatusCode;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::exchange::Answer;

/// The operations, by their native names.
const OPERATIONS: [&str; 4] = ["getBalanceEnquiry", "getAccounts", "getCustomerInfo", "setBillMedia"];

/// A request: `<CsgRequest Operation Sys RequestId>` around one flat element for each argument.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) request_id: String,
    arguments: Vec<(String, String)>,
}

impl Call {
    /// Reads a request; the error says what is wrong with it.
    pub(super) fn read(body: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(body).map_err(|_| "the request is not UTF-8")?;
        let mut reader = Reader::from_str(text);
        let mut call = Self::default();
        let mut depth = 0_u32;
        let mut system = String::new();
        loop {
            match reader.read_event().map_err(|_| "the request is not XML")? {
                Event::DocType(_) => return Err("document types are refused"),
                Event::Start(start) => {
                    call.open(depth, &start, &mut system)?;
                    depth += 1;
                }
                Event::Empty(start) => call.open(depth, &start, &mut system)?,
                Event::End(_) => depth -= 1,
                Event::Text(text) => call.add(depth, &text.xml10_content()),
                Event::CData(text) => call.add(depth, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref();
                    match character.map_err(|_| "a bad character reference")? {
                        Some(c) => call.add(depth, c.encode_utf8(&mut [0; 4])),
                        None => call.add(depth, resolve_predefined_entity(&reference).ok_or("an unknown entity")?),
                    }
                }
                Event::Eof => break,
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            }
        }
        if depth != 0 || call.operation.is_empty() {
            return Err("CsgRequest with an Operation expected");
        }
        if system.is_empty() || call.request_id.is_empty() {
            return Err("Sys and RequestId are required");
        }
        Ok(call)
    }

    fn open(&mut self, depth: u32, start: &BytesStart<'_>, system: &mut String) -> Result<(), &'static str> {
        let name = start.name().as_ref().to_owned();
        match depth {
            0 if name == "CsgRequest" => {
                for attribute in start.attributes() {
                    let attribute = attribute.map_err(|_| "a bad attribute")?;
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| "a bad attribute")?.into_owned();
                    match attribute.key.as_ref() {
                        "Operation" => self.operation = value,
                        "RequestId" => self.request_id = value,
                        "Sys" => *system = value,
                        _ => return Err("an unknown attribute"),
                    }
                }
                Ok(())
            }
            0 => Err("CsgRequest expected"),
            1 => {
                self.arguments.push((name, String::new()));
                Ok(())
            }
            _ => Err("an argument has no elements of its own"),
        }
    }

    fn add(&mut self, depth: u32, text: &str) {
        if depth == 2
            && let Some((_, value)) = self.arguments.last_mut()
        {
            value.push_str(text);
        }
    }

    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        let argument = self.arguments.iter().find(|(known, _)| known == name);
        argument.map(|(_, value)| value.trim())
    }

    /// The operation's name for the count of calls, `unknown` for any other.
    pub(super) fn operation_name(&self) -> &'static str {
        let known = OPERATIONS.iter().find(|name| **name == self.operation);
        known.copied().unwrap_or("unknown")
    }
}

/// How a call fails.
#[derive(Clone, Copy)]
pub(super) enum Status<'a> {
    NotFound,
    BadInput(&'static str),
    NotAuthorised,
    /// As a fault asks for it.
    Other(&'a str),
}

/// A failure is HTTP 200 with its code in the envelope.
pub(super) fn failed(call: &Call, status: Status<'_>) -> Answer {
    let (code, text) = match status {
        Status::NotFound => ("1001", "Account not found"),
        Status::BadInput(reason) => ("1002", reason),
        Status::NotAuthorised => ("1003", "Not authorised"),
        Status::Other(code @ "1004") => (code, "Locked by another user"),
        Status::Other(code @ "9001") => (code, "Maintenance window"),
        Status::Other(code) => (code, "System error"),
    };
    xml(call.operation_name(), envelope(call, code, text, &[]))
}

/// A success with its content.
pub(super) fn answered(call: &Call, parts: &[&str]) -> Answer {
    xml(call.operation_name(), envelope(call, "0000", "OK", parts))
}

pub(super) fn envelope(call: &Call, code: &str, text: &str, parts: &[&str]) -> String {
    let content: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = String::with_capacity(content + 256);
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CsgResponse Operation=\"{}\" RequestId=\"{}\"><Status Code=\"{}\">{}</Status>",
        escape(&call.operation),
        escape(&call.request_id),
        escape(code),
        escape(text),
    );
    for part in parts {
        out.push_str(part);
    }
    out.push_str("</CsgResponse>");
    out
}

pub(super) fn xml(operation: &'static str, body: String) -> Answer {
    Answer::new(operation, StatusCode::OK, "text/xml; charset=utf-8", body)
}
