//! What a running channel is made of: workers, the thread that accepts for them, the listener for operators.
//!
//! A worker is a thread with a runtime and billing-system connections of its own, so a request never changes threads.
//! One accepting thread instead of a listening socket per worker: the kernel spreads connections over such sockets by
//! chance, and one queue is easier to empty for certain when the process stops.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use backends_http::{Alarms, ConfigProblem, UnderWay};
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto;
use prometheus_client::registry::Registry;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio_rustls::TlsAcceptor;

use crate::acceptor::{Acceptor, WorkerThread, listen};
use crate::access_log::AccessLog;
use crate::admin::{self, Admin, AtWork};
use crate::channel::Channel;
use crate::clients::Clients;
use crate::config::{self, Checked};
use crate::connection;
use crate::correlation::Ids;
use crate::docs::Documentation;
use crate::drain::Drain;
use crate::entrance::Entrance;
use crate::environment;
use crate::heartbeat::Heartbeats;
use crate::limits::Limits;
use crate::metrics::{Capacity, Instruments, RequestMetrics};
use crate::process;
use crate::quota::{Sharing, Store};
use crate::reload::{Reload, Reloads};
use crate::router::Router;
use crate::slowing::Failures;
use crate::trace::{Exporter, SpanCounts, Traces};

/// Why something did not work that only the log is told of.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What the workers share.
pub(crate) struct Shared<C: Channel> {
    pub(crate) router: Router<C>,
    pub(crate) documentation: Option<Documentation>,
    pub(crate) limits: Limits,
    pub(crate) quota_sharing: Option<Arc<Sharing>>,
    pub(crate) metrics: RequestMetrics,
    pub(crate) access_log: AccessLog,
    pub(crate) ids: Ids,
    pub(crate) started: Instant,
    pub(crate) drain: Drain,
    pub(crate) failures: Failures,
    pub(crate) heartbeats: Heartbeats,
    pub(crate) reloads: Reloads,
    pub(crate) traces: Traces,
}

/// One worker: what its thread owns.
pub(crate) struct Worker<C: Channel> {
    pub(crate) shared: Arc<Shared<C>>,
    pub(crate) in_force: ArcSwap<InForce<C>>,
    pub(crate) http: auto::Builder<TokioExecutor>,
    pub(crate) requests: UnderWay,
    pub(crate) alarms: Alarms,
    pub(crate) entrance: Arc<Entrance>,
}

/// What a worker answers with, exchanged as a whole when the configuration is read again. A request holds on to what it
/// began with.
pub(crate) struct InForce<C> {
    pub(crate) channel: Arc<C>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) request_timeout: Duration,
    pub(crate) tls: Option<TlsAcceptor>,
}

/// A server that accepts requests; [`Running::stop`] ends it.
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<usize>,
    registry: Arc<Registry>,
    admin: Option<Admin>,
    quota_store: Option<Store>,
}

impl Running {
    /// Where it listens: the real port, also where port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where `/livez`, `/readyz`, `/metrics` and `/status` are; `None` without a section `[admin]`.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|admin| admin.address)
    }

    /// The metrics in Prometheus text format.
    pub fn metrics(&self) -> String {
        admin::encode(&self.registry)
    }

    /// Stops in good order and returns how many connections had to be cut because the time for it was over; a change that went on
    /// without its caller counts as one.
    pub fn stop(self) -> usize {
        // Gone only if its thread panicked, which `join` tells.
        let _ = self.stop.send(());
        let cut = self.thread.join().unwrap_or_else(|_| {
            tracing::error!("the accepting thread panicked");
            0
        });
        if let Some(store) = self.quota_store {
            store.stop();
        }
        // Last, so that it can be asked how stopping goes.
        if let Some(admin) = self.admin {
            admin.stop();
        }
        cut
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration has mistakes.
    #[error("the configuration has mistakes: {0:?}")]
    Misconfigured(Vec<ConfigProblem>),
    /// The address cannot be listened on, or the system has no more threads or descriptors.
    #[error("cannot listen on {address}")]
    Failed {
        /// The configured address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// Serves a channel inside this process, as [`run`](crate::run) does outside of tests, without its signals and its own
/// logging. `config` is the text of a configuration file; access log lines go to `access_log`.
///
/// # Errors
/// Every mistake in the configuration, or why the address cannot be listened on.
pub fn start<C: Channel>(config: &str, access_log: Box<dyn Write + Send>) -> Result<Running, StartError> {
    let instruments = Instruments::new();
    let config = config::read::<C>(config, &environment::of_process(), &instruments.upstream).map_err(StartError::Misconfigured)?;
    let address = config.listen;
    let started = start_threads(config, instruments, access_log).map_err(|source| StartError::Failed { address, source })?;
    Ok(started.0)
}

/// Starts the threads. Requests are answered from the moment this returns.
pub(crate) fn start_threads<C: Channel>(
    config: Checked<C>,
    instruments: Instruments,
    log_sink: Box<dyn Write + Send>,
) -> io::Result<(Running, Reload<C>)> {
    raise_file_limit();
    let listener = listen(config.listen)?;
    let address = listener.local_addr()?;
    let admin_listener = config.admin.map(listen_for_admin).transpose()?;
    let Instruments { mut registry, upstream } = instruments;
    let capacity = Capacity { connections: config.limits.max_connections, workers: config.workers };
    let operations = C::operations().iter().map(|endpoint| endpoint.spec.name).collect();
    let metrics = RequestMetrics::register(&mut registry, operations, capacity);
    process::register(&mut registry);
    let started = Instant::now();
    let spans = SpanCounts::register(&mut registry);
    let exporter = config.tracing.map(|tracing| Exporter::start(tracing, C::NAME, spans)).transpose()?;
    let access_log = AccessLog::start(config.log_format, log_sink, metrics.log_lines_dropped.clone())?;
    let shared = Arc::new(Shared {
        router: Router::new(),
        documentation: config.docs.then(Documentation::of::<C>),
        limits: config.limits,
        quota_sharing: config.quota_store.as_ref().map(|store| Arc::new(store.sharing())),
        metrics,
        access_log,
        ids: Ids::new(),
        started,
        drain: Drain::default(),
        failures: Failures::new(),
        heartbeats: Heartbeats::new(started, config.workers),
        reloads: Reloads::default(),
        traces: Traces::new(exporter),
    });
    let clients = Arc::new(config.clients);
    let worker = |channel: C| {
        let clients = Arc::clone(&clients);
        let in_force = InForce { channel: Arc::new(channel), clients, request_timeout: config.request_timeout, tls: config.tls.clone() };
        Arc::new(Worker {
            shared: Arc::clone(&shared),
            in_force: ArcSwap::from_pointee(in_force),
            http: connection::http(&shared.limits),
            requests: UnderWay::default(),
            alarms: Alarms::default(),
            entrance: Arc::default(),
        })
    };
    let mut workers: Vec<_> = (1..config.workers).map(|_| worker(config.channel.for_worker())).collect();
    workers.push(worker(config.channel));
    let threads = workers.iter().enumerate().map(|(number, worker)| WorkerThread::start(number, Arc::clone(worker)));
    let threads = threads.collect::<io::Result<Vec<_>>>()?;
    let at_work = AtWork { workers: workers.clone(), upstream: upstream.clone() };
    let first = Arc::clone(&workers[0]);
    let clients = Box::new(move || Arc::clone(&first.in_force.load().clients));
    let sharing = shared.quota_sharing.as_ref().map(Arc::clone);
    let quota_store = config.quota_store.zip(sharing);
    let quota_store =
        quota_store.map(|(store, sharing)| Store::start(store, sharing, C::NAME, clients, started, &mut registry)).transpose()?;
    let reload = Reload::register(&mut registry, upstream, workers, config.fingerprint);
    let registry = Arc::new(registry);
    let admin = admin_listener.map(|listener| Admin::start(listener, at_work, Arc::clone(&registry))).transpose()?;
    let acceptor = Acceptor {
        shared,
        workers: threads,
        slots: Arc::new(Semaphore::new(config.limits.max_connections)),
        max_connections: config.limits.max_connections,
        drain_delay: config.drain_delay,
        drain_timeout: config.drain_timeout,
    };
    let runtime = runtime()?;
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::Builder::new().name("accept".into()).spawn(move || runtime.block_on(acceptor.run(listener, stopped)))?;
    Ok((Running { address, stop, thread, registry, admin, quota_store }, reload))
}

/// A process that may open a thousand files cannot hold ten thousand connections; the hard limit says what it may have.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// The error names the address: whoever reports it knows only the one for callers.
fn listen_for_admin(address: SocketAddr) -> io::Result<TcpListener> {
    listen(address).map_err(|error| io::Error::new(error.kind(), format!("`[admin]` cannot listen on {address}: {error}")))
}

/// How many tasks have their turn before new events are looked for, three times as many as tokio would have: enough for a row of
/// requests that begins ([`Entrance`]), the answers before it and whoever comes to wait, so that each writes in a row
/// ([`backends_http::UnderWay`]). Events wait for two milliseconds at most.
const EVENTS_AFTER: u32 = 200;

pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_io().enable_time().event_interval(EVENTS_AFTER).build()
}
