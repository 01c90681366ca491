#![doc = include_str!("../README.md")]

mod breaker;
mod bulkhead;
mod call;
mod condition;
mod config;
mod context;
mod decode;
mod durations;
mod error;
mod health;
mod json;
pub mod lenient;
mod metrics;
mod observation;
pub mod pem;
mod pool;
mod retry;
mod system;
mod target;
mod tls;
mod token;
mod trace;
mod transport;

pub use breaker::BreakerState;
pub use call::{Call, Kind, Reply};
pub use config::{ConfigProblem, SystemConfig};
pub use context::{CallContext, CorrelationId, InvalidCorrelationId};
pub use decode::{decode_json, decode_resources, read_json};
pub use durations::{Durations, Spread};
pub use error::{BackendError, Cause, Origin, Outage, Stage};
pub use health::Health;
pub use metrics::{ApiUsage, UpstreamMetrics};
pub use system::System;
pub use target::Target;
pub use token::{Issued, Token, Tokens};
pub use trace::{CallSpan, InvalidTraceParent, Parent, SpanId, Spans, TraceContext, TraceId};
