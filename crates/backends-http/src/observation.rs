//! One call as the metrics, the log and the trace of its request see it.

use std::time::{Duration, SystemTime};

use http::HeaderValue;
use tokio::time::Instant;

use crate::context::CallContext;
use crate::error::Outcome;
use crate::health::LastFailure;
use crate::metrics::OperationMetrics;
use crate::trace::{CallSpan, SpanId, TraceContext};

/// Records a call when it is over, also where nobody waits for it any more.
pub(crate) struct Observation<'a> {
    system: &'static str,
    pub(crate) metrics: &'a OperationMetrics,
    last_failure: &'a LastFailure,
    context: &'a CallContext,
    span: Option<Span<'a>>,
    pub(crate) started: Instant,
    pub(crate) attempts: u32,
    /// Abandoned unless something else is said.
    pub(crate) outcome: Outcome,
}

/// A call as a part of its request's trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span<'a> {
    trace: &'a TraceContext,
    id: SpanId,
}

impl<'a> Span<'a> {
    /// Where nobody takes spans, the call goes out in the name of the request's own.
    fn begin(context: &'a CallContext) -> Option<Self> {
        let trace = context.trace.as_deref()?;
        let id = trace.spans.as_ref().map_or(trace.span_id, |spans| spans.next_id());
        Some(Self { trace, id })
    }

    pub(crate) fn header_value(self) -> HeaderValue {
        self.trace.header_value(self.id)
    }

    pub(crate) fn tracestate(self) -> Option<&'a HeaderValue> {
        self.trace.tracestate.as_ref()
    }
}

impl<'a> Observation<'a> {
    pub(crate) fn begin(
        system: &'static str,
        metrics: &'a OperationMetrics,
        last_failure: &'a LastFailure,
        context: &'a CallContext,
    ) -> Self {
        let span = Span::begin(context);
        Self { system, metrics, last_failure, context, span, started: Instant::now(), attempts: 0, outcome: Outcome::Abandoned }
    }

    pub(crate) fn span(&self) -> Option<Span<'a>> {
        self.span
    }

    fn tell_of(&self, span: Span<'_>, took: Duration) {
        let Some(spans) = &span.trace.spans else {
            return;
        };
        let call = CallSpan {
            id: span.id,
            system: self.system,
            operation: self.metrics.operation,
            outcome: self.outcome.label(),
            failed: self.outcome.is_failure(),
            attempts: self.attempts,
            started: SystemTime::now() - took,
            took,
        };
        spans.ended(span.trace, call);
    }
}

impl Drop for Observation<'_> {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        self.metrics.finished(self.outcome, took);
        // An open breaker would hide what opened it.
        if self.outcome.is_failure() && self.outcome != Outcome::BreakerOpen {
            self.last_failure.set(self.outcome);
        }
        if let Some(span) = self.span {
            self.tell_of(span, took);
        }
        tracing::debug!(
            system = self.system,
            operation = self.metrics.operation,
            outcome = self.outcome.label(),
            attempts = self.attempts,
            duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            correlation_id = self.context.correlation_id.as_str(),
            "a billing system was called"
        );
    }
}
