//! The trace that a request belongs to (W3C Trace Context), and spans for whoever collects them (OpenTelemetry).
//!
//! A request whose caller sends `traceparent` stays in the caller's trace, and so do the calls that it causes; the log line
//! names the trace. With a section `[tracing]` (this project's own contract) every request has a trace, and the spans of
//! those that are sampled are sent to a collector. Without either, a request costs the look for one header.

mod config;
mod export;
mod span;

use std::sync::Arc;

use backends_http::{Parent, SpanId, TraceContext, TraceId};
use http::HeaderMap;

pub(crate) use config::{TracingConfig, TracingSection};
pub(crate) use export::{Exporter, SpanCounts};
pub(crate) use span::RequestSpan;

use crate::correlation::Ids;

/// Begins and ends the traces of requests.
pub(crate) struct Traces {
    ids: Ids,
    exporter: Option<Arc<Exporter>>,
}

/// A request as a part of a trace.
pub(crate) struct RequestTrace {
    pub(crate) context: Arc<TraceContext>,
    parent: Option<SpanId>,
}

impl Traces {
    pub(crate) fn new(exporter: Option<Arc<Exporter>>) -> Self {
        Self { ids: Ids::new(), exporter }
    }

    /// The caller's decision about sampling stands. What it sends that is no trace context begins a new trace.
    pub(crate) fn begin(&self, headers: &HeaderMap) -> Option<RequestTrace> {
        let parent = match Parent::of(headers) {
            Ok(None) if self.exporter.is_none() => return None,
            Ok(parent) => parent,
            Err(_) => None,
        };
        let trace_id = parent.as_ref().map_or_else(|| TraceId(self.ids.next_number()), |parent| parent.trace_id);
        let sampled = match &parent {
            Some(parent) => parent.sampled,
            None => self.exporter.as_ref().is_some_and(|exporter| exporter.samples(trace_id)),
        };
        let spans = self.exporter.as_ref().filter(|_| sampled);
        let context = TraceContext {
            trace_id,
            span_id: self.ids.next_span(),
            sampled,
            spans: spans.map(|exporter| Arc::clone(exporter) as _),
            tracestate: parent.as_ref().and_then(|parent| parent.tracestate.clone()),
        };
        Some(RequestTrace { context: Arc::new(context), parent: parent.map(|parent| parent.span_id) })
    }

    /// The request has been answered.
    pub(crate) fn end(&self, trace: &RequestTrace, span: &RequestSpan<'_>) {
        if let Some(exporter) = self.exporter.as_ref().filter(|_| trace.context.sampled) {
            exporter.take(span.finished(&trace.context, trace.parent));
        }
    }

    /// Sends what is waiting, for a moment at most.
    pub(crate) fn close(&self) {
        if let Some(exporter) = &self.exporter {
            exporter.close();
        }
    }
}
