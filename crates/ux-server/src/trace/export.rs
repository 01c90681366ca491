//! Sends spans to a collector (OTLP over HTTP, protobuf) from a thread of its own. Requests never wait for it: what does not
//! fit into the queue, and what the collector does not take, is lost and counted.
//!
//! | name | labels | what |
//! |---|---|---|
//! | `trace_spans_total` | outcome | spans `exported`, lost because too many were waiting (`queue_full`), or `not_taken` by the collector |

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use backends_http::{CallSpan, SpanId, Spans, TraceContext, TraceId};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use prost::Message as _;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use crate::correlation::Ids;
use crate::server;
use crate::trace::config::TracingConfig;
use crate::trace::span;

/// Spans that may wait for the thread.
const QUEUE: usize = 8_192;

/// Spans in one request to the collector.
const BATCH: usize = 512;

/// How long the first span of a batch waits for others.
const GATHER: Duration = Duration::from_millis(500);

/// Longest time for one batch.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest time for what is left when the process stops.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What became of the spans.
#[derive(Debug, Clone)]
pub(crate) struct SpanCounts {
    exported: Counter,
    queue_full: Counter,
    not_taken: Counter,
}

impl SpanCounts {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let spans = Family::<[(&str, &str); 1], Counter>::default();
        let outcome = |outcome| spans.get_or_create_owned(&[("outcome", outcome)]);
        let counts = Self { exported: outcome("exported"), queue_full: outcome("queue_full"), not_taken: outcome("not_taken") };
        registry.register("trace_spans", "Spans by what became of them", spans);
        counts
    }
}

/// The way to the collector.
#[derive(Debug)]
pub(crate) struct Exporter {
    ids: Ids,
    sampled_up_to: Option<u64>,
    queue: mpsc::Sender<Span>,
    queue_full: Counter,
    thread: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Exporter {
    pub(crate) fn start(config: TracingConfig, channel: &'static str, counts: SpanCounts) -> io::Result<Arc<Self>> {
        let (queue, spans) = mpsc::channel(QUEUE);
        let (stop, stopped) = oneshot::channel();
        let (sampled_up_to, queue_full) = (config.sampled_up_to, counts.queue_full.clone());
        let collector = Collector { resource: resource(config.service_name.as_deref().unwrap_or(channel)), config, counts, answers: true };
        let runtime = server::runtime()?;
        let export = move || runtime.block_on(export(spans, stopped, collector));
        let thread = std::thread::Builder::new().name("trace-export".into()).spawn(export)?;
        Ok(Arc::new(Self { ids: Ids::new(), sampled_up_to, queue, queue_full, thread: Mutex::new(Some((stop, thread))) }))
    }

    /// The lower half of an id is random, also of one that another program made.
    pub(crate) fn samples(&self, trace_id: TraceId) -> bool {
        self.sampled_up_to.is_some_and(|most| u128::from(most) >= trace_id.0 & u128::from(u64::MAX))
    }

    pub(crate) fn take(&self, span: Span) {
        if self.queue.try_send(span).is_err() {
            self.queue_full.inc();
        }
    }

    pub(crate) fn close(&self) {
        let Some((stop, thread)) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        // Gone only if its thread panicked, which `join` tells.
        let _ = stop.send(());
        if thread.join().is_err() {
            tracing::error!("the trace export's thread panicked");
        }
    }
}

impl Spans for Exporter {
    fn next_id(&self) -> SpanId {
        self.ids.next_span()
    }

    fn ended(&self, trace: &TraceContext, call: CallSpan) {
        self.take(span::of_call(trace, &call));
    }
}

async fn export(mut spans: mpsc::Receiver<Span>, mut stopped: oneshot::Receiver<()>, mut collector: Collector) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            _ = spans.recv_many(&mut batch, 1) => {}
            _ = &mut stopped => break,
        }
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            _ = &mut stopped => break,
        }
        collector.send_waiting(&mut spans, &mut batch).await;
    }
    if tokio::time::timeout(LAST_WORDS, collector.send_waiting(&mut spans, &mut batch)).await.is_err() {
        collector.counts.not_taken.inc_by((spans.len() + batch.len()) as u64);
    }
}

struct Collector {
    resource: Resource,
    config: TracingConfig,
    counts: SpanCounts,
    /// Whether it took the last batch; told to the log when that changes, and not for every batch.
    answers: bool,
}

impl Collector {
    /// Sends `batch` and what waits behind it.
    async fn send_waiting(&mut self, spans: &mut mpsc::Receiver<Span>, batch: &mut Vec<Span>) {
        loop {
            while batch.len() < BATCH
                && let Ok(span) = spans.try_recv()
            {
                batch.push(span);
            }
            if batch.is_empty() {
                return;
            }
            let count = batch.len() as u64;
            let body = self.encoded(batch.clone());
            let outcome = tokio::time::timeout(TIMEOUT, post(&self.config, body)).await.unwrap_or_else(|_| Err("no answer in time".into()));
            batch.clear();
            self.note(outcome, count);
        }
    }

    fn note(&mut self, outcome: Result<(), server::Failure>, count: u64) {
        let answered = outcome.is_ok();
        match outcome {
            Ok(()) => self.counts.exported.inc_by(count),
            Err(error) => {
                if self.answers {
                    tracing::warn!(%error, "the collector does not take spans; told again when it does");
                }
                self.counts.not_taken.inc_by(count)
            }
        };
        if answered && !self.answers {
            tracing::info!("the collector takes spans again");
        }
        self.answers = answered;
    }

    fn encoded(&self, spans: Vec<Span>) -> Bytes {
        let scope = InstrumentationScope { name: env!("CARGO_PKG_NAME").to_owned(), ..InstrumentationScope::default() };
        let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }];
        let resource_spans = vec![ResourceSpans { resource: Some(self.resource.clone()), scope_spans, ..ResourceSpans::default() }];
        ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
    }
}

fn resource(service_name: &str) -> Resource {
    let attributes = vec![span::text("service.name", service_name), span::text("service.version", env!("CARGO_PKG_VERSION"))];
    Resource { attributes, ..Resource::default() }
}

/// A connection for each batch: there are two a second at most, and none has to be found dead.
async fn post(config: &TracingConfig, body: Bytes) -> Result<(), server::Failure> {
    let stream = TcpStream::connect((config.authority.host().trim_matches(['[', ']']), config.authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = config.path.clone();
    request.headers_mut().insert(header::HOST, config.host.clone());
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    // The sender is dropped with the answer, and that ends the connection.
    let answered = async move { Ok::<StatusCode, hyper::Error>(sender.send_request(request).await?.status()) };
    let (status, _) = tokio::join!(answered, connection);
    let status = status?;
    if status.is_success() { Ok(()) } else { Err(status.to_string().into()) }
}
