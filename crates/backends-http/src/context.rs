//! What a request brings along to every call that it causes.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use tokio::time::Instant;

use crate::trace::TraceContext;

/// Ties together everything that one request caused, here and in the billing systems: 1 to 128 visible ASCII characters.
///
/// It is sent to every system as `X-Correlation-ID` and is no secret. Cloning it copies no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrelationId(HeaderValue);

/// The text is empty, longer than 128 characters, or has a character that is not visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a correlation id is 1 to 128 visible ASCII characters")]
pub struct InvalidCorrelationId;

impl CorrelationId {
    /// Takes the text of a header, or one that was just made.
    ///
    /// # Errors
    /// [`InvalidCorrelationId`] if the text could not be put into a header and a log line as it stands.
    pub fn new(text: impl Into<Bytes>) -> Result<Self, InvalidCorrelationId> {
        let bytes = text.into();
        if !(1..=128).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_graphic) {
            return Err(InvalidCorrelationId);
        }
        HeaderValue::from_maybe_shared(bytes).map(Self).map_err(|_| InvalidCorrelationId)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("checked to be visible ASCII")
    }

    /// The text as the value of a header; shares its bytes.
    pub fn header_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl std::fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a request hands to each call it makes; cheap to clone.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// Sent to the system as `X-Correlation-ID`.
    pub correlation_id: CorrelationId,
    /// When the answer is of no use any more. No attempt, pause or wait goes beyond it.
    pub deadline: Instant,
    /// Sent to the system as `traceparent` and `tracestate` where present.
    pub trace: Option<Arc<TraceContext>>,
}

impl CallContext {
    /// A context without a trace.
    pub fn new(correlation_id: CorrelationId, deadline: Instant) -> Self {
        Self { correlation_id, deadline, trace: None }
    }
}
