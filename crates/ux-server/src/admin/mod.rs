//! The listener for whoever operates the process, on a port and a thread of its own: it answers while every worker is
//! busy and while the process drains. Section `[admin]` of the configuration file (this project's own contract).
//!
//! | path | answer |
//! |---|---|
//! | `/livez` | 200 while every worker moves, 503 once one has not for 30 seconds |
//! | `/readyz` | 200 while callers are let in, 503 from the moment that stopping begins |
//! | `/metrics` | the metrics, in the text format that Prometheus reads (OpenMetrics 1.0) |
//! | `/log-level` | the level of diagnostic lines; PUT changes it until the process ends |
//! | `/status` | how the process and each billing system are: a page for people, JSON for `Accept: application/json` |
//!
//! There are no credentials: what is told holds no personal data and no secret, and the address is to be a private one.

mod history;
mod log_level;
mod page;
mod status;

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use backends_http::UpstreamMetrics;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::registry::Registry;
use serde::Deserialize;
use tokio::sync::{Semaphore, oneshot};

use crate::acceptor::ACCEPT_PAUSE;
use crate::admin::history::{History, Reading};
use crate::admin::status::Status;
use crate::channel::Channel;
use crate::server::{self, Shared, Worker};

/// `[admin]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdminSection {
    /// Address and port, as in `127.0.0.1:9091`.
    pub(crate) listen: String,
}

/// Connections at once; a scraper and two probes need three.
const MAX_CONNECTIONS: usize = 64;

/// Longest wait for a request, so that a forgotten connection makes room for another.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The running listener.
pub(crate) struct Admin {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Admin {
    pub(crate) fn start<C: Channel>(listener: TcpListener, at_work: AtWork<C>, registry: Arc<Registry>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let runtime = server::runtime()?;
        let (stop, stopped) = oneshot::channel();
        let history = Mutex::new(History::new(at_work.read()));
        let site = Arc::new(Site { at_work, registry, history });
        let serve = async move {
            tokio::select! {
                () = accept(listener, Arc::clone(&site)) => {}
                () = site.keep_reading() => {}
                _ = stopped => {}
            }
        };
        let thread = std::thread::Builder::new().name("admin".into()).spawn(move || runtime.block_on(serve))?;
        Ok(Self { address, stop, thread })
    }

    pub(crate) fn stop(self) {
        // Gone only if its thread panicked, which `join` tells.
        let _ = self.stop.send(());
        if self.thread.join().is_err() {
            tracing::error!("the admin thread panicked");
        }
    }
}

/// What the answers are about.
pub(crate) struct AtWork<C: Channel> {
    /// At least one.
    pub(crate) workers: Vec<Arc<Worker<C>>>,
    pub(crate) upstream: UpstreamMetrics,
}

impl<C: Channel> AtWork<C> {
    fn shared(&self) -> &Shared<C> {
        &self.workers[0].shared
    }

    fn read(&self) -> Reading {
        Reading::take(&self.shared().metrics, &self.upstream)
    }
}

/// What the answers are made of.
struct Site<C: Channel> {
    at_work: AtWork<C>,
    registry: Arc<Registry>,
    history: Mutex<History>,
}

async fn accept<C: Channel>(listener: TcpListener, site: Arc<Site<C>>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the admin socket cannot be waited for");
            return;
        }
    };
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let slot = Arc::clone(&slots).acquire_owned().await.expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, _)) => {
                let site = Arc::clone(&site);
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let site = Arc::clone(&site);
                        async move { Ok::<_, Infallible>(site.answer(request).await) }
                    });
                    let mut http = http1::Builder::new();
                    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
                    // A prober that hangs up has what it wants.
                    let _ = http.serve_connection(TokioIo::new(stream), service).await;
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "an admin connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

impl<C: Channel> Site<C> {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if !PATHS.contains(&path) {
            return text(StatusCode::NOT_FOUND, format!("There are {}.\n", PATHS.join(", ")));
        }
        match *request.method() {
            Method::GET | Method::HEAD => self.tell(path, request.headers()),
            Method::PUT if path == LOG_LEVEL => log_level::change::<C>(request.into_body()).await,
            _ => refuse_method(if path == LOG_LEVEL { "GET, HEAD, PUT" } else { "GET, HEAD" }),
        }
    }

    fn tell(&self, path: &str, headers: &HeaderMap) -> Response<Full<Bytes>> {
        match path {
            "/livez" => match self.at_work.shared().heartbeats.hanging() {
                Some(worker) => text(StatusCode::SERVICE_UNAVAILABLE, format!("worker {worker} does not move\n")),
                None => text(StatusCode::OK, "ok\n"),
            },
            "/readyz" if self.at_work.shared().drain.is_announced() => text(StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
            "/readyz" => text(StatusCode::OK, "ok\n"),
            "/metrics" => of_type(OPEN_METRICS, encode(&self.registry)),
            LOG_LEVEL => log_level::tell(),
            _ if wants_json(headers) => self.status_as_json(),
            _ => self.status_page(),
        }
    }

    fn status_as_json(&self) -> Response<Full<Bytes>> {
        of_type("application/json", serde_json::to_vec(&Status::of(self)).expect("numbers and text always serialise"))
    }

    fn status_page(&self) -> Response<Full<Bytes>> {
        let page = page::render(&Status::of(self)).expect("writing to a String cannot fail");
        let mut response = of_type("text/html; charset=utf-8", page);
        let policy = HeaderValue::from_str(&page::CONTENT_SECURITY_POLICY).expect("the policy is visible ASCII");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }

    async fn keep_reading(&self) {
        loop {
            tokio::time::sleep(history::INTERVAL).await;
            let reading = self.at_work.read();
            self.history().add(reading);
        }
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const LOG_LEVEL: &str = "/log-level";

const PATHS: [&str; 5] = ["/livez", "/readyz", "/metrics", "/status", LOG_LEVEL];

fn refuse_method(allow: &'static str) -> Response<Full<Bytes>> {
    let mut refusal = text(StatusCode::METHOD_NOT_ALLOWED, format!("{allow} are expected.\n"));
    refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    refusal
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics in the text format that Prometheus reads.
pub(crate) fn encode(registry: &Registry) -> String {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, registry).expect("writing to a String cannot fail");
    text
}

/// Whether JSON is asked for by name. Whoever takes anything is a person, or a script that reads the documentation.
fn wants_json(headers: &HeaderMap) -> bool {
    let mut wanted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    wanted.any(|range| range.split(';').next().is_some_and(|range| range.trim().eq_ignore_ascii_case("application/json")))
}

fn of_type(content_type: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = text(StatusCode::OK, body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
