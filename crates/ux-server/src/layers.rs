//! The way of a request, outermost first. Whatever happens to it further in, it leaves one log line and one
//! observation in the metrics, and its answer carries the correlation id.

use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use backends_http::{CallContext, CorrelationId};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, Version, header};
use http_body_util::Full;
use hyper::body::Incoming;
use tmf666_model::codes::{BusinessUnit, CodeTable as _};
use tokio::time::Instant;

use crate::access_log::{AccessLine, AccessLog, Timestamp};
use crate::audit::Audit;
use crate::channel::Channel;
use crate::clients::Client;
use crate::connection::Peer;
use crate::correlation::{HeaderProblem, correlation_id};
use crate::error::{ApiError, Chain};
use crate::metrics::OperationIndex;
use crate::operation::{Answer, Operation};
use crate::param::{CLIENT_ID, CLIENT_SECRET};
use crate::quota::RateLimit;
use crate::request::Request;
use crate::server::{Shared, Worker};
use crate::trace::{RequestSpan, RequestTrace};
use crate::view::Counts;

const X_CORRELATION_ID: header::HeaderName = header::HeaderName::from_static("x-correlation-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

const X_TOTAL_COUNT: header::HeaderName = header::HeaderName::from_static("x-total-count");
const X_RESULT_COUNT: header::HeaderName = header::HeaderName::from_static("x-result-count");

/// How long after its deadline a request is given up. The calls to billing systems obey the deadline themselves and
/// have a better answer; this is for everything that does not.
const GRACE: Duration = Duration::from_millis(250);

/// Answers one request. A change is finished although its caller goes away: half of it may have been made already, and so
/// the audit line says what became of it. It is a task of the same worker, and stopping waits for it as for a connection.
///
/// The head is on the heap, because each of the futures that hand it on would have room for it.
pub(crate) async fn serve<C: Channel>(
    worker: &Arc<Worker<C>>,
    peer: &Arc<Peer>,
    head: Box<Parts>,
    body: Incoming,
) -> Response<Full<Bytes>> {
    if head.method != Method::PATCH {
        return answer(worker, peer, head, body).await;
    }
    let (worker, peer) = (Arc::clone(worker), Arc::clone(peer));
    let change = tokio::spawn(async move { answer(&worker, &peer, head, body).await });
    // A cancelled task means that the worker ends, and with it whoever waits here.
    change.await.unwrap_or_else(|failure| std::panic::resume_unwind(failure.into_panic()))
}

async fn answer<C: Channel>(worker: &Worker<C>, peer: &Peer, head: Box<Parts>, body: Incoming) -> Response<Full<Bytes>> {
    let shared = &*worker.shared;
    let _entered = worker.requests.enter();
    // 1. Correlation id: the caller's, or a new one.
    let (id, headers_ok) = correlation_id(&head.headers, &C::CORRELATION_ID, &shared.ids);
    // 2. and 3. Log line and metrics: written when the record ends, even if the caller goes away.
    let mut record = Record::begin(shared, id, &head.method);
    record.trace = shared.traces.begin(&head.headers);
    // 4. A panic is an answer too.
    let outcome = caught(pin!(checked(worker, peer, &head, body, headers_ok, &mut record))).await;
    let outcome = outcome.unwrap_or_else(|_| Err(ApiError::panicked()));
    record.end(outcome, head.version)
}

/// The checks, in the order that the contract documents: the first that fails is the answer.
async fn checked<C: Channel>(
    worker: &Worker<C>,
    peer: &Peer,
    head: &Parts,
    body: Incoming,
    headers_ok: Result<(), HeaderProblem>,
    record: &mut Record<'_, C>,
) -> Result<Answer, ApiError> {
    let shared = &*worker.shared;
    // Found first, answered in its turn: the log line names the route of requests that are refused before it.
    let path = head.uri.path();
    let found = shared.router.find(path);
    let operation = found.as_ref().and_then(|(route, _)| route.method(&head.method));
    if let Some((route, captures)) = &found {
        record.route = Some(route.template);
        record.unit = BusinessUnit::try_parse(captures.get("businessId")).ok();
        record.operation = operation.map(|(index, _)| *index);
    }
    // 5. Transport limits: 414, 431, 413, 408.
    shared.limits.check_head(head)?;
    let body = shared.limits.read_body(body).await?;
    if found.is_none()
        && let Some((route, answer)) = shared.documentation.as_ref().and_then(|docs| docs.answer(&head.method, path))
    {
        record.route = Some(route);
        return Ok(answer);
    }
    // 6. Credentials: 401.
    let in_force = worker.in_force.load_full();
    let client = match in_force.clients.authenticate(&head.headers, peer.certificate.as_ref()) {
        Ok(client) => client,
        Err(refusal) => {
            slow_down(shared, peer, head).await;
            return Err(refusal);
        }
    };
    record.client = Some(client.id.as_str().into());
    // 7. Quota: 429.
    let (rate_limit, within_quota) = client.quotas.take(record.operation, shared.started, shared.quota_sharing.as_deref()).await;
    record.rate_limit = rate_limit;
    within_quota.map_err(ApiError::over_quota)?;
    // 8. Route: 404.
    let Some((route, captures)) = found else {
        return Err(ApiError::unknown_route(shared.router.after_base(path)));
    };
    // 9. Method: 405.
    let Some((_, endpoint)) = operation else {
        return Err(ApiError::method_not_allowed(&head.method, route.template, route.allow));
    };
    // 10. to 12. Contract (400), permission (403), work (501 and the billing system): see `perform`; with a time limit.
    let deadline = record.started + in_force.request_timeout;
    let exchange = Exchange {
        channel: &*in_force.channel,
        log: &shared.access_log,
        client,
        request: Request {
            captures,
            query: head.uri.query(),
            scope: endpoint.published.scope,
            headers: &head.headers,
            common_headers: headers_ok.and_then(|()| Ok(credentials_are_single(head)?)),
            body: &body,
        },
        context: CallContext {
            trace: record.trace.as_ref().map(|trace| Arc::clone(&trace.context)),
            ..CallContext::new(record.id.clone(), deadline)
        },
    };
    let outcome = worker.alarms.until(deadline + GRACE, (endpoint.perform)(&exchange).as_mut()).await;
    outcome.ok_or_else(ApiError::timed_out)?.map_err(|error| error.in_words_of(&endpoint.spec.account_unknown))
}

/// What an operation is performed with.
pub(crate) struct Exchange<'a, C> {
    channel: &'a C,
    pub(crate) log: &'a AccessLog,
    pub(crate) client: &'a Client,
    request: Request<'a>,
    pub(crate) context: CallContext,
}

/// The innermost three: the only way to an operation's `run` leads through its contract and the client's permission.
pub(crate) async fn perform<C: Channel, O: Operation<C>>(exchange: &Exchange<'_, C>) -> Result<Answer, ApiError> {
    let (unit, contract) = O::contract(&exchange.request)?;
    // A contract that reads no header has not asked for these yet.
    exchange.request.headers()?;
    let view = exchange.request.view()?;
    let audit = O::change(&contract).map(|change| Audit::begin::<C, O>(exchange, &unit, change));
    let outcome = match exchange.client.permit(&unit, O::SPEC.name) {
        Ok(()) => O::run(exchange.channel, &exchange.context, unit, contract).await,
        Err(forbidden) => Err(forbidden),
    };
    if let Some(audit) = audit {
        audit.end(&outcome);
    }
    Answer::showing(outcome?, &view)
}

/// Holds the answer to wrong credentials back if the caller's address has sent many. Who sends none does not guess.
async fn slow_down<C: Channel>(shared: &Shared<C>, peer: &Peer, head: &Parts) {
    if !(CLIENT_ID.is_in(&head.headers) && CLIENT_SECRET.is_in(&head.headers)) {
        return;
    }
    shared.metrics.credential_failures.inc();
    let wait = shared.failures.wait(peer.address, shared.started.elapsed());
    if !wait.is_zero() {
        // Stopping does not wait for it.
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shared.drain.second_stage() => {}
        }
    }
}

/// A repeated credential that was right in its first place is refused with the other headers.
fn credentials_are_single(head: &Parts) -> Result<(), ApiError> {
    CLIENT_ID.find_header(&head.headers)?;
    CLIENT_SECRET.find_header(&head.headers)?;
    Ok(())
}

/// Runs `work` and turns a panic into an error. What the panic left half done belonged to this request alone.
async fn caught<T>(mut work: Pin<&mut impl Future<Output = T>>) -> std::thread::Result<T> {
    std::future::poll_fn(|cx| match std::panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// What is known about a request so far, for the log line and the metrics.
struct Record<'a, C: Channel> {
    shared: &'a Shared<C>,
    id: CorrelationId,
    started: Instant,
    method: &'static str,
    route: Option<&'static str>,
    operation: OperationIndex,
    unit: Option<BusinessUnit>,
    client: Option<tmf666_model::Text>,
    rate_limit: Option<RateLimit>,
    trace: Option<RequestTrace>,
    ended: bool,
}

/// nginx's number for a caller who went away before the answer; never sent.
const CLIENT_GONE: u16 = 499;

impl<'a, C: Channel> Record<'a, C> {
    fn begin(shared: &'a Shared<C>, id: CorrelationId, method: &Method) -> Self {
        shared.metrics.in_flight.inc();
        Self {
            shared,
            id,
            started: Instant::now(),
            method: bounded(method),
            route: None,
            operation: None,
            unit: None,
            client: None,
            rate_limit: None,
            trace: None,
            ended: false,
        }
    }

    fn end(mut self, outcome: Result<Answer, ApiError>, version: Version) -> Response<Full<Bytes>> {
        let (mut response, error) = match outcome {
            Ok(answer) => (respond_ok(answer), None),
            Err(error) => (respond_with(&error, &self.id), Some(error)),
        };
        let headers = response.headers_mut();
        headers.insert(X_CORRELATION_ID, self.id.header_value());
        if let Some(rate_limit) = self.rate_limit.take() {
            rate_limit.write(headers);
        }
        let closes = error.as_ref().is_some_and(ApiError::closes_connection) || self.shared.drain.has_begun();
        if closes && version != Version::HTTP_2 {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let bytes = hyper::body::Body::size_hint(response.body()).lower();
        self.write(response.status().as_u16(), error.as_ref(), usize::try_from(bytes).unwrap_or(0));
        response
    }

    fn write(&mut self, status: u16, error: Option<&ApiError>, bytes: usize) {
        self.ended = true;
        let time = self.started.elapsed();
        self.shared.metrics.in_flight.dec();
        self.shared.metrics.answered(self.operation, self.unit.as_ref(), status, time);
        let class = error.map(ApiError::class).or((status == CLIENT_GONE).then_some("client_gone"));
        if let Some(trace) = &self.trace {
            let span = RequestSpan {
                method: self.method,
                route: self.route,
                operation: self.shared.metrics.operation_name(self.operation),
                unit: self.unit.as_ref().map(BusinessUnit::as_str),
                status,
                error: class,
                took: time,
            };
            self.shared.traces.end(trace, &span);
        }
        // The caller's own mistakes explain themselves; everything else is told to the operator, once.
        let cause = error
            .filter(|error| error.status().is_server_error())
            .and_then(std::error::Error::source)
            .map(|cause| Chain(cause).to_string());
        self.shared.access_log.write(&AccessLine {
            time: Timestamp::now(),
            channel: C::NAME,
            correlation_id: self.id.as_str(),
            trace_id: self.trace.as_ref().map(|trace| trace.context.trace_id.to_string()),
            span_id: self.trace.as_ref().map(|trace| trace.context.span_id.to_string()),
            client: self.client.as_deref(),
            method: self.method,
            route: self.route,
            unit: self.unit.as_ref().map(BusinessUnit::as_str),
            status,
            error: class,
            cause,
            duration_us: u64::try_from(time.as_micros()).unwrap_or(u64::MAX),
            bytes,
        });
    }
}

impl<C: Channel> Drop for Record<'_, C> {
    fn drop(&mut self) {
        if !self.ended {
            self.write(CLIENT_GONE, None, 0);
        }
    }
}

/// A method out of a closed list: anything else that a caller sends may be anything.
fn bounded(method: &Method) -> &'static str {
    ["GET", "PATCH", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"]
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("OTHER")
}

fn respond_ok(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = respond(answer.status, answer.content_type, answer.body);
    let headers = response.headers_mut();
    if let Some(Counts { total, result }) = answer.counts {
        headers.insert(X_TOTAL_COUNT, HeaderValue::from(total));
        headers.insert(X_RESULT_COUNT, HeaderValue::from(result));
    }
    response
}

fn respond(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    // Which customer an answer is about stands in the request's headers, so a shared cache would give one customer's
    // answer to another.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn respond_with(error: &ApiError, id: &CorrelationId) -> Response<Full<Bytes>> {
    let mut response = respond(error.status(), JSON, Bytes::from(error.body(id.as_str())));
    let headers = response.headers_mut();
    if let Some(allow) = error.allow() {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(seconds) = error.retry_after_seconds() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The whole HTTP/1 answer to something that never became a request, with its log line and its place in the metrics.
pub(crate) fn refuse<C: Channel>(worker: &Worker<C>, status: StatusCode) -> Bytes {
    let shared = &*worker.shared;
    let error = ApiError::transport(status);
    let mut record = Record::begin(shared, shared.ids.next(), &Method::GET);
    record.method = "-";
    let body = error.body(record.id.as_str());
    let head = format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/json\r\ncache-control: no-store\r\nx-correlation-id: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        record.id,
        body.len(),
    );
    record.write(status.as_u16(), Some(&error), body.len());
    Bytes::from([head.as_bytes(), &body].concat())
}
