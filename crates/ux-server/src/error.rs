//! What a caller is told when a request fails, and the only map from a billing system's failure to HTTP.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use backends_http::BackendError;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

/// Two documented texts of an error body: `message` and `description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorText {
    /// The body's `message`.
    pub message: &'static str,
    /// The body's `description`.
    pub description: &'static str,
}

/// The text most operations document for an account that the billing system does not know.
pub const ACCOUNT_UNKNOWN: ErrorText = ErrorText {
    message: "The request is invalid or not properly formed.",
    description: "The requested operation failed because a resource associated with the request could not be found.",
};

const BAD_REQUEST: &str = "APIKIT:BAD_REQUEST";
const UNAVAILABLE: &str = "HTTP:SERVICE_UNAVAILABLE";
const INTERNAL: &str = "The request failed due to an internal error.";

/// Sent as `Retry-After` where nothing better is known.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(5);

/// A request that failed: what the caller reads, and what only the operator reads.
///
/// `Display` and `source()` are the operator's side. Neither side ever holds a credential; the caller's side may echo
/// a value that the caller sent, so it never goes into a log.
pub struct ApiError(Box<Failure>);

struct Failure {
    status: StatusCode,
    /// A short name out of a closed list, for log lines and metrics.
    class: &'static str,
    message: Cow<'static, str>,
    description: Description,
    allow: Option<&'static str>,
    retry_after: Option<Duration>,
    closes_connection: bool,
    outcome_unknown: bool,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

enum Description {
    Text(Cow<'static, str>),
    /// The correlation id: all that a caller learns about a fault of ours.
    Reference,
    /// The text that the operation documents.
    OfOperation,
}

impl ApiError {
    /// A documented error. `class` is its short name in log lines and metrics.
    pub fn new(
        status: StatusCode,
        class: &'static str,
        message: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::with(status, class, message.into(), Description::Text(description.into()))
    }

    fn with(status: StatusCode, class: &'static str, message: Cow<'static, str>, description: Description) -> Self {
        Self(Box::new(Failure {
            status,
            class,
            message,
            description,
            allow: None,
            retry_after: None,
            closes_connection: false,
            outcome_unknown: false,
            cause: None,
        }))
    }

    /// 400 with the message of every refused path value, query parameter, header and body.
    pub fn bad_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", BAD_REQUEST, description)
    }

    /// 404 for an account that the billing system does not know, in the operation's own words.
    pub fn account_unknown(text: &ErrorText) -> Self {
        Self::new(StatusCode::NOT_FOUND, "account_unknown", text.message, text.description)
    }

    /// 501; every channel words the description in its own way.
    pub fn not_implemented(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", "Not implemented", description)
    }

    /// 500: a fault of ours. The caller reads the correlation id, the log the cause.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::with(StatusCode::INTERNAL_SERVER_ERROR, "internal", INTERNAL.into(), Description::Reference).caused_by(cause)
    }

    pub(crate) fn panicked() -> Self {
        let mut error = Self::internal("the handler panicked");
        error.0.class = "panic";
        error
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "The user could not be authenticated for this request.",
            "The request has not been applied because it lacks valid authentication credentials for the target resource",
        )
    }

    pub(crate) fn forbidden() -> Self {
        // No document prints a body for 403; this text is this project's own contract.
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "The client is not allowed to perform this request.",
            "The client's permissions do not cover this business unit or operation.",
        )
    }

    /// The only documented body of a 429 is worded like a 404, so that is what callers know.
    pub(crate) fn over_quota(retry_after: Duration) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "over_quota", ACCOUNT_UNKNOWN.message, ACCOUNT_UNKNOWN.description);
        error.0.retry_after = Some(retry_after);
        error
    }

    pub(crate) fn unknown_route(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_route", "APIKIT:NOT_FOUND", path.to_owned())
    }

    pub(crate) fn method_not_allowed(method: &http::Method, template: &str, allow: &'static str) -> Self {
        let mut error = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "APIKIT:METHOD_NOT_ALLOWED",
            format!("HTTP Method {} not allowed for : {template}", method.as_str().to_ascii_lowercase()),
        );
        error.0.allow = Some(allow);
        error
    }

    /// A change that failed. Where it may have been made all the same the caller gets 503, whatever the failure, and may
    /// repeat the request with the same correlation id.
    pub fn of_change(failure: BackendError) -> Self {
        if !failure.may_have_been_applied() {
            return failure.into();
        }
        let mut error = Self::system_unavailable(&failure).caused_by(failure);
        error.0.outcome_unknown = true;
        error
    }

    /// Whether it is unknown if the change was made.
    pub(crate) fn leaves_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    fn system_unavailable(failure: &BackendError) -> Self {
        let origin = failure.origin();
        let description =
            format!("HTTP {} on resource '{} {}' failed: service unavailable (503).", origin.method, origin.system, origin.operation);
        Self::unavailable(description, failure.retry_after(), failure.class())
    }

    pub(crate) fn timed_out() -> Self {
        Self::unavailable("The request could not be answered in time.", None, "deadline")
    }

    fn unavailable(description: impl Into<Cow<'static, str>>, wait: Option<Duration>, class: &'static str) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, class, UNAVAILABLE, description);
        error.0.retry_after = Some(wait.unwrap_or(DEFAULT_RETRY_AFTER));
        error
    }

    /// What transport limits answer: 400, 408, 413, 414, 431. No document prints these bodies, so the texts are this
    /// project's own contract. The connection is closed after it.
    pub(crate) fn transport(status: StatusCode) -> Self {
        let (class, message, description) = match status {
            StatusCode::REQUEST_TIMEOUT => ("too_slow", "HTTP:REQUEST_TIMEOUT", "The request was not received in time."),
            StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "HTTP:PAYLOAD_TOO_LARGE", "The request body is too large."),
            StatusCode::URI_TOO_LONG => ("uri_too_long", "HTTP:URI_TOO_LONG", "The request URI is too long."),
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                ("headers_too_large", "HTTP:REQUEST_HEADER_FIELDS_TOO_LARGE", "The request headers are too large.")
            }
            _ => ("malformed_http", BAD_REQUEST, "The request is not valid HTTP."),
        };
        let mut error = Self::new(status, class, message, description);
        error.0.closes_connection = true;
        error
    }

    /// The same error with what led to it, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// A short name out of a closed list, for log lines and metrics.
    pub fn class(&self) -> &'static str {
        self.0.class
    }

    /// The caller's description alone.
    pub(crate) fn into_description(self) -> String {
        match self.0.description {
            Description::Text(text) => text.into_owned(),
            Description::Reference | Description::OfOperation => String::new(),
        }
    }

    /// Fills in the operation's own words where the failure left them open.
    pub(crate) fn in_words_of(mut self, account_unknown: &ErrorText) -> Self {
        if let Description::OfOperation = self.0.description {
            self.0.message = account_unknown.message.into();
            self.0.description = Description::Text(account_unknown.description.into());
        }
        self
    }

    pub(crate) fn allow(&self) -> Option<&'static str> {
        self.0.allow
    }

    pub(crate) fn closes_connection(&self) -> bool {
        self.0.closes_connection
    }

    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after.map(whole_seconds)
    }

    /// The documented error body.
    pub(crate) fn body(&self, correlation_id: &str) -> Vec<u8> {
        let description = match &self.0.description {
            Description::Text(text) => text.as_ref(),
            Description::Reference => correlation_id,
            Description::OfOperation => ACCOUNT_UNKNOWN.description,
        };
        let body = ErrorBody { errors: [ErrorEntry { code: self.0.status.as_u16(), message: &self.0.message, description }] };
        serde_json::to_vec(&body).expect("numbers and text always serialise")
    }
}

/// Rounded up: a caller that obeys never comes back too early.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The error body of every channel (section "Possible error response" of the channel documents).
#[derive(Serialize, JsonSchema)]
pub struct ErrorBody<'a> {
    /// The first thing that is wrong.
    errors: [ErrorEntry<'a>; 1],
}

/// What is wrong with a request, or with answering it.
#[derive(Serialize, JsonSchema)]
pub struct ErrorEntry<'a> {
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    code: u16,
    /// The kind of failure.
    message: &'a str,
    /// What failed; for 500 the correlation id.
    description: &'a str,
}

/// The map: every failure of a billing system, by meaning.
impl From<BackendError> for ApiError {
    fn from(failure: BackendError) -> Self {
        let error = match &failure {
            BackendError::NotFound { .. } => {
                Self::with(StatusCode::NOT_FOUND, "account_unknown", Cow::Borrowed(ACCOUNT_UNKNOWN.message), Description::OfOperation)
            }
            BackendError::Rejected { .. } => Self::bad_request("The billing system does not accept the values of this request."),
            BackendError::Unavailable { .. } | BackendError::TimedOut { .. } => Self::system_unavailable(&failure),
            BackendError::Misconfigured { .. } | BackendError::Malformed { .. } => {
                Self::with(StatusCode::INTERNAL_SERVER_ERROR, failure.class(), INTERNAL.into(), Description::Reference)
            }
        };
        error.caused_by(failure)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answered {} ({})", self.0.status.as_u16(), self.0.class)
    }
}

/// The same as `Display`: the caller's texts may echo personal data.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiError({self})")
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.cause.as_ref().map(|cause| &**cause as &(dyn Error + 'static))
    }
}

/// `error` and everything below it, one level after the other, for the operator's log.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
