//! A request as an operation's contract sees it: path, then query, then headers, then body, each read strictly.
//!
//! The order of checks is part of the contract, so a contract reads its parameters in exactly this order.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;

use crate::correlation::HeaderProblem;
use crate::error::ApiError;
use crate::json_body::JsonBody;
use crate::param::Param;
use crate::representation::Scope;
use crate::router::Captures;
use crate::view::View;

/// A request that found its operation. Nothing of it has been read yet.
pub struct Request<'a> {
    pub(crate) captures: Captures<'a>,
    pub(crate) query: Option<&'a str>,
    /// What the answer will be, which says how much of it may be asked for.
    pub(crate) scope: Scope,
    pub(crate) headers: &'a HeaderMap,
    /// What is wrong with the headers that belong to every operation.
    pub(crate) common_headers: Result<(), HeaderProblem>,
    pub(crate) body: &'a Bytes,
}

impl<'a> Request<'a> {
    /// The value of a path parameter.
    ///
    /// # Errors
    /// 400 if it is not one that the parameter takes, or not percent-encoded UTF-8.
    pub fn path<T>(&self, param: &Param<T>) -> Result<T, ApiError> {
        use crate::param::AnyParam as _;
        let raw = self.captures.get(param.name());
        let decoded = decode(raw).ok_or_else(|| param.wrongly_encoded(raw))?;
        param.read(&decoded)
    }

    /// The query, taken apart.
    ///
    /// A plus sign is a plus sign (RFC 3986), because phone numbers begin with one.
    ///
    /// # Errors
    /// 400 if any of it is not percent-encoded UTF-8, or if a parameter that every GET takes has a wrong value.
    pub fn query(&self) -> Result<Query<'a>, ApiError> {
        let query = self.decoded_query()?;
        View::read(self.scope, &query)?;
        Ok(query)
    }

    /// How much of the answer is wanted.
    pub(crate) fn view(&self) -> Result<View, ApiError> {
        match self.query {
            Some(query) if View::may_be_in(query) => View::read(self.scope, &self.decoded_query()?),
            _ => Ok(View::default()),
        }
    }

    fn decoded_query(&self) -> Result<Query<'a>, ApiError> {
        let mut pairs = Vec::new();
        for pair in self.query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => pairs.push((name, value)),
                (name, _) => return Err(undecodable_query(name.as_deref().unwrap_or(name_as_sent(pair)))),
            }
        }
        Ok(Query { pairs })
    }

    /// The headers, once what comes before them is known to be right.
    ///
    /// # Errors
    /// 400 if a header that every operation takes is repeated or has a value outside its pattern, or if something is
    /// wrong with the query that is the same for all operations: an operation without query parameters need not ask for the query first.
    pub fn headers(&self) -> Result<Headers<'a>, ApiError> {
        if self.query.is_some_and(View::may_be_in) {
            self.query()?;
        }
        self.common_headers.as_ref().map_err(HeaderProblem::to_error)?;
        Ok(Headers::new(self.headers))
    }

    /// The body, whole; empty if there was none.
    pub fn body(&self) -> &'a Bytes {
        self.body
    }

    /// The body, declared to be JSON.
    ///
    /// # Errors
    /// 400 if it is declared to be something else, or nothing.
    pub fn json_body(&self) -> Result<JsonBody<'a>, ApiError> {
        JsonBody::new(self.headers, self.body)
    }
}

fn name_as_sent(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

#[cold]
fn undecodable_query(name: &str) -> ApiError {
    ApiError::bad_request(format!("Invalid value for query parameter {name}. expected percent-encoded UTF-8"))
}

/// Percent-decodes strictly: every `%` is followed by two hexadecimal digits, and the bytes are UTF-8.
fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    let bytes = raw.as_bytes();
    let complete = |at: usize| bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let well_formed = raw.match_indices('%').all(|(at, _)| complete(at));
    well_formed.then(|| percent_decode_str(raw).decode_utf8().ok()).flatten()
}

/// The decoded query parameters, in the order in which they were sent.
pub struct Query<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Query<'_> {
    /// The value of a parameter that this request must send.
    ///
    /// # Errors
    /// 400 if it is missing, repeated, or not a value that the parameter takes.
    pub fn required<T>(&self, param: &Param<T>) -> Result<T, ApiError> {
        self.optional(param)?.ok_or_else(|| param.missing())
    }

    /// The value of a parameter that this request may leave out.
    ///
    /// # Errors
    /// 400 if it is repeated, or not a value that the parameter takes.
    pub fn optional<T>(&self, param: &Param<T>) -> Result<Option<T>, ApiError> {
        let pairs = self.pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        param.find_pair(pairs)?.map(|value| param.read(value)).transpose()
    }
}

/// The headers of a request.
pub struct Headers<'a> {
    headers: &'a HeaderMap,
}

impl<'a> Headers<'a> {
    pub(crate) fn new(headers: &'a HeaderMap) -> Self {
        Self { headers }
    }

    /// The value of a header that this request must send.
    ///
    /// # Errors
    /// 400 if it is missing, repeated, or not a value that the parameter takes.
    pub fn required<T>(&self, param: &Param<T>) -> Result<T, ApiError> {
        self.optional(param)?.ok_or_else(|| param.missing())
    }

    /// The value of a header that this request may leave out.
    ///
    /// # Errors
    /// 400 if it is repeated, or not a value that the parameter takes.
    pub fn optional<T>(&self, param: &Param<T>) -> Result<Option<T>, ApiError> {
        let Some(bytes) = param.find_header(self.headers)? else {
            return Ok(None);
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => param.read(text).map(Some),
            Err(_) => Err(param.refuse(&String::from_utf8_lossy(bytes))),
        }
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(text in any::<String>()) {
            let encoded = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
            let decoded = decode(&encoded);
            prop_assert_eq!(decoded.as_deref(), Some(text.as_str()));
        }

        #[test]
        fn only_whole_escapes_are_decoded(text in "[%0-9a-fA-Fg]{0,12}") {
            let whole = text.split('%').skip(1).all(|rest| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
            prop_assert!(whole || decode(&text).is_none());
        }
    }
}
