//! One billing system, and a call to it from the first attempt to the last.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::Full;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::{Instant, sleep, timeout_at};

use crate::alarm::Alarms;
use crate::breaker::Breaker;
use crate::bulkhead::{Bulkhead, NoPlace};
use crate::call::{Call, Kind, Reply};
use crate::condition::Condition;
use crate::config::{BaseUrl, ConfigProblem, SystemConfig};
use crate::context::CallContext;
use crate::error::{BackendError, Origin, Outage, Outcome, Stage};
use crate::flights::{Flights, Follower, Landing, Leader, Role};
use crate::health::Health;
use crate::metrics::{OperationMetrics, UpstreamMetrics};
use crate::observation::{Observation, Span};
use crate::pool::{Failure, Pool};
use crate::retry::{Left, Retries};
use crate::target::Target;
use crate::trace::{TRACEPARENT, TRACESTATE};
use crate::transport::Route;

const X_CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// One billing system as one worker sees it: a connection pool of its own; breaker, bulkhead, retry budget and metrics
/// shared with the other workers.
#[derive(Debug)]
pub struct System {
    shared: Arc<Shared>,
    pool: Pool,
    flights: Flights,
    alarms: Alarms,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) name: &'static str,
    base: BaseUrl,
    host: HeaderValue,
    config: SystemConfig,
    condition: Condition,
    operations: Vec<OperationMetrics>,
    route: Route,
    in_flight: Gauge,
    queued: Gauge,
    shared_reads: Counter,
    metrics: UpstreamMetrics,
}

impl System {
    /// The system `name` with the operations that its backend calls.
    ///
    /// Opens nothing yet. Build it once, then give each further worker its own with [`System::for_worker`].
    ///
    /// # Errors
    /// Every mistake in `config`, with keys relative to `systems.<name>.http`.
    ///
    /// # Panics
    /// If `operations` is empty.
    pub fn new(
        name: &'static str,
        operations: &[&'static str],
        config: &SystemConfig,
        metrics: &UpstreamMetrics,
    ) -> Result<Self, Vec<ConfigProblem>> {
        assert!(!operations.is_empty(), "a system has operations");
        let prefix = format!("systems.{name}.http");
        let mut problems = Vec::new();
        config.check(&prefix, &mut problems);
        let base = match BaseUrl::parse(&config.base_url) {
            Ok(base) if problems.is_empty() => base,
            _ => return Err(problems),
        };
        let route = Route::new(config, &base.scheme, metrics.connections(name))
            .map_err(|(key, reason)| vec![ConfigProblem { key: format!("{prefix}.{key}"), reason }])?;
        let condition = metrics.conditions.of(name, config, || Condition {
            breaker: Arc::new(Breaker::new(name, config, metrics.breaker(name))),
            bulkhead: Arc::new(Bulkhead::new(config, metrics.in_flight(name), metrics.queued(name))),
            retries: Arc::new(Retries::new(config)),
            last_failure: Arc::default(),
            changes: Arc::default(),
        });
        let shared = Shared {
            name,
            host: HeaderValue::from_str(base.authority.as_str()).expect("an authority is a valid header value"),
            base,
            condition,
            operations: operations.iter().map(|operation| metrics.operation(name, operation)).collect(),
            route,
            in_flight: metrics.in_flight(name),
            queued: metrics.queued(name),
            shared_reads: metrics.shared_reads(name),
            config: config.clone(),
            metrics: metrics.clone(),
        };
        let shared = Arc::new(shared);
        metrics.watch(&shared);
        Ok(Self::with_own_pool(shared))
    }

    /// The same system for another worker: everything shared but the connection pool.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self::with_own_pool(Arc::clone(&self.shared))
    }

    fn with_own_pool(shared: Arc<Shared>) -> Self {
        let pool = Pool::new(&shared.config, shared.route.connector(shared.base.origin()));
        Self { shared, pool, flights: Flights::default(), alarms: Alarms::default() }
    }

    /// The name in configuration and metrics.
    pub fn name(&self) -> &'static str {
        self.shared.name
    }

    /// Begins the target of a call with the base URL's prefix and `path`, which is the interface's fixed part.
    pub fn target(&self, path: &'static str) -> Target {
        Target::new(&self.shared.base.prefix, path)
    }

    /// Counts a code that is not in `table` (the table's own name).
    pub fn unknown_code(&self, table: &'static str) {
        self.shared.metrics.unknown_code(self.shared.name, table);
    }

    /// How the system looks from here.
    pub fn health(&self) -> Health {
        self.shared.health()
    }

    /// Makes one call: waits its turn, sends, lets `read` judge and decode the reply, and repeats where that is allowed and
    /// fits into the time. `read` is called once per reply, so that a failure which the system reports in its own words
    /// counts for repetition and breaker like any other.
    ///
    /// # Errors
    /// What `read` returned for the last reply, or why there was none.
    pub async fn call<T>(
        &self,
        ctx: &CallContext,
        call: &Call<'_>,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let shared = &*self.shared;
        let mut observation = Observation::begin(shared.name, shared.operation(call.operation), &shared.condition.last_failure, ctx);
        let result = self.attempts(ctx, call, &mut observation, read).await;
        if call.kind != Kind::Read {
            shared.condition.changes.fetch_add(1, Ordering::Release);
        }
        observation.outcome = result.as_ref().map_or_else(BackendError::outcome, |_| Outcome::Ok);
        result
    }

    async fn attempts<T>(
        &self,
        ctx: &CallContext,
        call: &Call<'_>,
        observation: &mut Observation<'_>,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let retries = &self.shared.condition.retries;
        retries.earn();
        let mut started = observation.started;
        let mut done = 0;
        loop {
            observation.attempts += 1;
            let failure = match self.attempt(ctx, call, observation.span(), started, &read).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let left =
                Left { until_deadline: ctx.deadline.saturating_duration_since(Instant::now()), one_attempt: self.shared.config.timeout() };
            let Some(pause) = retries.pause(done, call.kind, &failure, left) else {
                return Err(failure);
            };
            observation.metrics.retries.inc();
            sleep(pause).await;
            started = Instant::now();
            done += 1;
        }
    }

    async fn attempt<T>(
        &self,
        ctx: &CallContext,
        call: &Call<'_>,
        span: Option<Span<'_>>,
        started: Instant,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let mut leader = if call.kind == Kind::Read && self.shared.config.single_flight {
            match self.board(call, self.shared.deadline(ctx, started)).await? {
                Boarded::WithReply(reply) => return read(&reply),
                Boarded::Leading(leader) => Some(leader),
                Boarded::Alone => None,
            }
        } else {
            None
        };
        let result = self.attempt_itself(ctx, call, started, span, &mut leader, read).await;
        // Who leads and has no time left has left: others may have.
        if let Some(leader) = leader
            && !matches!(result, Err(BackendError::TimedOut { .. }))
        {
            leader.fail();
        }
        result
    }

    /// Follows a read like this one, as long as there is any, or begins to lead.
    async fn board(&self, call: &Call<'_>, deadline: Instant) -> Result<Boarded<'_>, BackendError> {
        loop {
            let changes = self.shared.condition.changes.load(Ordering::Acquire);
            let follower = match self.flights.join(call, changes) {
                Role::Leads(leader) => return Ok(Boarded::Leading(leader)),
                Role::FliesAlone => return Ok(Boarded::Alone),
                Role::Follows(follower) => follower,
            };
            self.shared.shared_reads.inc();
            // On the heap, because every call's future has to have room for what few of them do.
            match Box::pin(landing(follower, deadline)).await {
                Some(Landing::Reply(reply)) => return Ok(Boarded::WithReply(Box::new(reply))),
                Some(Landing::Failed) => return Ok(Boarded::Alone),
                Some(Landing::Left) => {}
                None => return Err(BackendError::TimedOut { origin: self.shared.origin(call), stage: Stage::Answer }),
            }
        }
    }

    async fn attempt_itself<T>(
        &self,
        ctx: &CallContext,
        call: &Call<'_>,
        started: Instant,
        span: Option<Span<'_>>,
        leader: &mut Option<Leader<'_>>,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let shared = &*self.shared;
        let origin = shared.origin(call);
        let deadline = shared.deadline(ctx, started);
        let admission = shared.condition.breaker.admit(started).map_err(|left| unavailable(origin, Outage::BreakerOpen, Some(left)))?;
        let _place = shared.condition.bulkhead.enter(started, deadline).await.map_err(|reason| match reason {
            NoPlace::QueueFull => unavailable(origin, Outage::QueueFull, None),
            NoPlace::TimedOut => BackendError::TimedOut { origin, stage: Stage::Queue },
        })?;
        let result = match self.alarms.until(deadline, pin!(self.send(shared.request(ctx, call, span), origin))).await {
            Some(reply) => reply.and_then(|reply| {
                if let Some(leader) = leader.take() {
                    leader.land(&reply);
                }
                read(&reply)
            }),
            None => Err(BackendError::TimedOut { origin, stage: Stage::Answer }),
        };
        admission.record(Instant::now(), result.as_ref().is_err_and(is_outage));
        result
    }

    async fn send(&self, request: Box<Request<Full<bytes::Bytes>>>, origin: Origin) -> Result<Reply, BackendError> {
        let unavailable = |outage, cause| BackendError::Unavailable { origin, outage, retry_after: None, cause: Some(cause) };
        let (parts, body) = self.pool.exchange(request).await.map_err(|failure| match failure {
            Failure::Connect(cause) => unavailable(Outage::ConnectFailed, cause),
            Failure::Lost(cause) => unavailable(Outage::ConnectionLost, cause.into()),
            Failure::TooLong => {
                let cause = format!("longer than {} bytes", self.shared.config.max_answer_bytes);
                BackendError::Malformed { origin, path: "body".into(), cause: Some(cause.into()) }
            }
        })?;
        Ok(Reply { origin, status: parts.status, headers: parts.headers, body })
    }
}

impl Shared {
    pub(crate) fn health(&self) -> Health {
        let (calls, failures) =
            self.operations.iter().map(OperationMetrics::calls_and_failures).fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
        Health {
            system: self.name,
            breaker: self.condition.breaker.state(),
            in_flight: self.in_flight.get(),
            queued: self.queued.get(),
            connections: self.metrics.connections(self.name).0.get(),
            calls,
            failures,
            retries: self.operations.iter().map(|operation| operation.retries.get()).sum(),
            last_failure: self.condition.last_failure.get(),
            took: self
                .operations
                .iter()
                .map(|operation| operation.duration.read())
                .reduce(|sum, next| sum.plus(&next))
                .expect("a system has operations"),
            api_usage: self.metrics.used_of_limit(self.name),
        }
    }

    fn operation(&self, name: &'static str) -> &OperationMetrics {
        let known = self.operations.iter().find(|metrics| metrics.operation == name);
        debug_assert!(known.is_some(), "{name} is not among the operations of {}", self.name);
        known.unwrap_or(&self.operations[0])
    }

    /// When an attempt is over that began at `started`.
    fn deadline(&self, ctx: &CallContext, started: Instant) -> Instant {
        ctx.deadline.min(started + self.config.timeout())
    }

    fn origin(&self, call: &Call<'_>) -> Origin {
        Origin { system: self.name, operation: call.operation, method: method_name(&call.method) }
    }

    /// On the heap, because each of the futures that hand it on would have room for it.
    fn request(&self, ctx: &CallContext, call: &Call<'_>, span: Option<Span<'_>>) -> Box<Request<Full<bytes::Bytes>>> {
        let mut request = Box::new(Request::new(Full::new(call.body.clone())));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = Uri::from(call.target.clone());
        let headers = request.headers_mut();
        *headers = HeaderMap::with_capacity(call.headers.len() + 4);
        headers.insert(header::HOST, self.host.clone());
        headers.insert(X_CORRELATION_ID, ctx.correlation_id.header_value());
        if let Some(span) = span {
            headers.insert(TRACEPARENT, span.header_value());
            if let Some(state) = span.tracestate() {
                headers.insert(TRACESTATE, state.clone());
            }
        }
        for (name, value) in call.headers {
            headers.insert(name.clone(), value.clone());
        }
        request
    }
}

/// How a read comes to its answer.
enum Boarded<'a> {
    /// It is there, from another one.
    WithReply(Box<Reply>),
    /// By a call, for others too.
    Leading(Leader<'a>),
    /// By a call.
    Alone,
}

async fn landing(follower: Follower, deadline: Instant) -> Option<Landing> {
    timeout_at(deadline, follower.landing()).await.ok()
}

fn unavailable(origin: Origin, outage: Outage, retry_after: Option<Duration>) -> BackendError {
    BackendError::Unavailable { origin, outage, retry_after, cause: None }
}

/// Whether a failure says something about the system's health, and not just about this one call.
fn is_outage(failure: &BackendError) -> bool {
    match failure {
        BackendError::TimedOut { .. } => true,
        BackendError::Unavailable { outage, .. } => matches!(outage, Outage::ConnectFailed | Outage::ConnectionLost | Outage::SystemDown),
        _ => false,
    }
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}
