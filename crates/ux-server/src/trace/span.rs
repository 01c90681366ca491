//! What a span says: names out of closed lists, statuses and times; never a value of a request or an answer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use backends_http::{CallSpan, SpanId, TraceContext};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

/// A request that has been answered. The names of attributes are those of OpenTelemetry where it has one.
#[derive(Debug)]
pub(crate) struct RequestSpan<'a> {
    pub(crate) method: &'static str,
    pub(crate) route: Option<&'static str>,
    pub(crate) operation: &'static str,
    pub(crate) unit: Option<&'a str>,
    pub(crate) status: u16,
    pub(crate) error: Option<&'static str>,
    pub(crate) took: Duration,
}

impl RequestSpan<'_> {
    pub(crate) fn finished(&self, trace: &TraceContext, parent: Option<SpanId>) -> Span {
        let mut attributes = vec![
            text("http.request.method", self.method),
            number("http.response.status_code", self.status.into()),
            text("operation", self.operation),
        ];
        attributes.extend(self.route.map(|route| text("http.route", route)));
        attributes.extend(self.unit.map(|unit| text("unit", unit)));
        attributes.extend(self.error.map(|error| text("error.type", error)));
        Span {
            span_id: bytes(trace.span_id),
            parent_span_id: parent.map(bytes).unwrap_or_default(),
            name: self.route.map_or_else(|| self.method.to_owned(), |route| format!("{} {route}", self.method)),
            kind: SpanKind::Server.into(),
            attributes,
            ..in_trace(trace, SystemTime::now() - self.took, self.took, self.status >= 500)
        }
    }
}

/// A call to a billing system, below the request that caused it.
pub(crate) fn of_call(trace: &TraceContext, call: &CallSpan) -> Span {
    let mut attributes = vec![
        text("system", call.system),
        text("operation", call.operation),
        text("outcome", call.outcome),
        number("attempts", call.attempts.into()),
    ];
    attributes.extend(call.failed.then(|| text("error.type", call.outcome)));
    Span {
        span_id: bytes(call.id),
        parent_span_id: bytes(trace.span_id),
        name: format!("{} {}", call.system, call.operation),
        kind: SpanKind::Client.into(),
        attributes,
        ..in_trace(trace, call.started, call.took, call.failed)
    }
}

fn in_trace(trace: &TraceContext, started: SystemTime, took: Duration, failed: bool) -> Span {
    let state = trace.tracestate.as_ref().and_then(|state| state.to_str().ok());
    Span {
        trace_id: trace.trace_id.0.to_be_bytes().to_vec(),
        trace_state: state.unwrap_or_default().to_owned(),
        start_time_unix_nano: nanoseconds(started),
        end_time_unix_nano: nanoseconds(started + took),
        flags: u32::from(trace.sampled),
        status: failed.then(|| Status { message: String::new(), code: StatusCode::Error.into() }),
        ..Span::default()
    }
}

fn bytes(id: SpanId) -> Vec<u8> {
    id.0.to_be_bytes().to_vec()
}

fn nanoseconds(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
}

pub(crate) fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}
