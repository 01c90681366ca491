//! One call to a billing system, and its reply.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::error::{BackendError, Cause, Origin, Outage};

/// What a repetition of a call would do, and therefore when one may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Changes nothing: repeated after any failure that may pass.
    Read,
    /// Changes something each time: repeated only where it is certain that nothing was done.
    Write,
    /// Carries a key by which the system recognises a repetition: repeated like a read.
    IdempotentWrite,
}

/// One request to a billing system. It borrows what its backend prepared once, so that a repetition costs nothing.
#[derive(Debug)]
pub struct Call<'a> {
    /// The operation in the system's own words; one of those given to [`System::new`](crate::System::new).
    pub operation: &'static str,
    /// Whether it may be repeated.
    pub kind: Kind,
    /// GET, POST, PATCH and so on.
    pub method: Method,
    /// From [`System::target`](crate::System::target).
    pub target: PathAndQuery,
    /// The headers besides `host`, `content-length`, `x-correlation-id` and the trace context, which are added.
    pub headers: &'a [(HeaderName, HeaderValue)],
    /// Empty for none.
    pub body: Bytes,
    /// What a read asks for besides operation and target, where its headers or its body carry an id of each request.
    /// `None`: two reads with the same headers and body are the same.
    pub identity: Option<&'a [(&'a str, &'a str)]>,
}

/// The system's whole answer.
///
/// Its helpers make the errors that a backend finds in it, with the right system and operation.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(crate) origin: Origin,
    /// The HTTP status.
    pub status: StatusCode,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The body, of at most the configured size.
    pub body: Bytes,
}

/// Longest `Retry-After` that is believed; more is cut.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

impl Reply {
    /// Which call this answers.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Passes a 2xx answer and turns every other status into the error it means where the system has no words of its own:
    /// 404 not found, 401 and 403 misconfigured, 429 rate limited, other 4xx rejected, anything else unavailable.
    ///
    /// # Errors
    /// See above; `retry_after` comes from the `Retry-After` header (seconds or a date).
    pub fn require_success(&self) -> Result<(), BackendError> {
        match self.status.as_u16() {
            200..=299 => Ok(()),
            404 => Err(self.not_found()),
            401 | 403 => Err(self.misconfigured(self.status.to_string())),
            429 => Err(self.unavailable(Outage::RateLimited)),
            400..=499 => Err(self.rejected(self.status.to_string())),
            _ => Err(self.unavailable(Outage::SystemDown)),
        }
    }

    /// The same for a system that reports its failures inside answers of status 200: another status comes from something on
    /// the way or means that our address or credentials are wrong, and a 404 is not "no such account".
    ///
    /// # Errors
    /// 429 rate limited, 5xx unavailable, every other status misconfigured.
    pub fn require_ok(&self) -> Result<(), BackendError> {
        match self.status.as_u16() {
            200 => Ok(()),
            429 | 500.. => self.require_success(),
            _ => Err(self.misconfigured(self.status.to_string())),
        }
    }

    /// True where the body is declared to be of this media type, whatever its parameters, as in `application/json`.
    pub fn is_media_type(&self, media_type: &str) -> bool {
        self.headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case(media_type))
    }

    /// The wait that the system asks for (RFC 9110, section 10.2.3), at most an hour.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = match text.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).unwrap_or(Duration::ZERO),
        };
        Some(wait.min(LONGEST_RETRY_AFTER))
    }

    /// The system has no such record.
    pub fn not_found(&self) -> BackendError {
        BackendError::NotFound { origin: self.origin }
    }

    /// The system refuses what the caller sent; `reason` is fixed text or the system's code.
    pub fn rejected(&self, reason: impl Into<Cow<'static, str>>) -> BackendError {
        BackendError::Rejected { origin: self.origin, reason: reason.into() }
    }

    /// The system refuses us; `reason` is fixed text or the system's code.
    pub fn misconfigured(&self, reason: impl Into<Cow<'static, str>>) -> BackendError {
        BackendError::Misconfigured { origin: self.origin, reason: reason.into() }
    }

    /// The system cannot serve now. `Retry-After` is taken from the headers.
    pub fn unavailable(&self, outage: Outage) -> BackendError {
        BackendError::Unavailable { origin: self.origin, outage, retry_after: self.retry_after(), cause: None }
    }

    /// The answer makes no sense at `path`.
    pub fn malformed(&self, path: impl Into<Cow<'static, str>>) -> BackendError {
        BackendError::Malformed { origin: self.origin, path: path.into(), cause: None }
    }

    /// The answer makes no sense at `path`, for a reason that names no value.
    pub fn malformed_because(&self, path: impl Into<Cow<'static, str>>, cause: impl Into<Cause>) -> BackendError {
        BackendError::Malformed { origin: self.origin, path: path.into(), cause: Some(cause.into()) }
    }
}
