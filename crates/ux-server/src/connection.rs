//! One connection of a caller: HTTP/1 or HTTP/2 by hyper, watched from outside.
//!
//! Two things hyper leaves to others happen here. Requests that never become one (not HTTP, head too large) get the
//! documented JSON body instead of an empty one; and silence is bounded at each stage, without reading the clock or
//! setting a timer per request.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};
use tokio_rustls::TlsAcceptor;

use crate::channel::Channel;
use crate::error::Chain;
use crate::layers;
use crate::limits::Limits;
use crate::server::Worker;
use crate::tls;

/// hyper with every limit set on purpose.
pub(crate) fn http(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .keep_alive(true)
        // A caller that stops sending has gone away: the work for it is stopped too.
        .half_close(false)
        .max_buf_size(limits.max_head_bytes)
        // The watch below does this, with an answer.
        .header_read_timeout(None);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_streams)
        .max_header_list_size(u32::try_from(2 * limits.max_head_bytes).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        .initial_stream_window_size(64 * 1024)
        .initial_connection_window_size(1024 * 1024)
        .max_send_buf_size(256 * 1024)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    http
}

/// Who is at the other end of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// The certificate that it showed, which one of our authorities vouches for.
    pub(crate) certificate: Option<CertificateDer<'static>>,
}

/// Serves a connection until it ends.
pub(crate) async fn run<C: Channel>(stream: TcpStream, address: IpAddr, worker: Arc<Worker<C>>) {
    // Answers are written whole, so waiting for more to send only costs time.
    let _ = stream.set_nodelay(true);
    let tls = worker.in_force.load().tls.clone();
    match tls {
        None => serve(stream, Peer { address, certificate: None }, worker).await,
        // On the heap, so that a connection without TLS is not as large as one with it.
        Some(tls) => Box::pin(run_with_tls(tls, stream, address, worker)).await,
    }
}

async fn run_with_tls<C: Channel>(tls: TlsAcceptor, stream: TcpStream, address: IpAddr, worker: Arc<Worker<C>>) {
    let within = Duration::from_millis(worker.shared.limits.head_timeout_ms);
    let shaken = tokio::select! {
        shaken = tls::handshake(&tls, stream, within) => shaken,
        () = worker.shared.drain.second_stage() => return,
    };
    match shaken {
        Ok(stream) => {
            let certificate = tls::certificate_of(&stream);
            serve(stream, Peer { address, certificate }, worker).await;
        }
        Err(error) => {
            worker.shared.metrics.handshakes_failed.inc();
            // Anybody can cause one, so it is not told unless asked for.
            tracing::debug!(error = %Chain(&error), "a TLS handshake failed");
        }
    }
}

async fn serve<C: Channel, S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, peer: Peer, worker: Arc<Worker<C>>) {
    let peer = Arc::new(peer);
    let activity = Arc::new(Activity::default());
    let guarded = Guarded::new(stream, Arc::clone(&activity), Arc::clone(&worker));
    let service = service_fn(|request: http::Request<Incoming>| {
        let worker = Arc::clone(&worker);
        let activity = Arc::clone(&activity);
        let peer = Arc::clone(&peer);
        async move {
            let _busy = activity.busy();
            let response = layers::serve(&worker, &peer, request).await;
            if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
                activity.is_still_sent_to.store(true, Ordering::Relaxed);
            }
            Ok::<http::Response<Full<Bytes>>, std::convert::Infallible>(response)
        }
    });
    let mut connection = pin!(worker.http.serve_connection(TokioIo::new(guarded), service));
    let mut watch = pin!(Watch::new(&worker, &activity));
    let mut drained = pin!(worker.shared.drain.second_stage());
    let mut draining = false;
    std::future::poll_fn(|cx| {
        loop {
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if !draining && drained.as_mut().poll(cx).is_ready() {
                draining = true;
                connection.as_mut().graceful_shutdown();
                continue;
            }
            match ready!(watch.as_mut().poll_verdict(cx)) {
                Verdict::Look => {}
                Verdict::End => connection.as_mut().graceful_shutdown(),
                Verdict::Cut => return Poll::Ready(()),
            }
        }
    })
    .await;
}

/// What a connection is doing. The numbers are kept in the low bits of [`Activity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// HTTP/1, between requests.
    Idle = 0,
    /// HTTP/1, a part of a request's head has arrived.
    Head = 1,
    /// HTTP/1, a request is being answered.
    Busy = 2,
    /// HTTP/1, the caller does not take what is being written.
    Stalled = 3,
    /// Answered and closed; waiting for the caller to stop sending.
    Lingering = 4,
    /// HTTP/2, which bounds its own stages; only idleness is watched.
    Http2 = 5,
}

const PHASE_BITS: u32 = 3;

/// A connection's phase together with a number that changes whenever the phase does, so that a look at two different
/// times tells whether anything happened in between.
#[derive(Debug, Default)]
struct Activity {
    state: AtomicU32,
    /// HTTP/2 requests in progress.
    streams: AtomicU32,
    head_is_late: AtomicBool,
    /// The caller was answered before it had sent everything. Closing the connection under it would destroy the answer,
    /// so what it sends is read and thrown away for a while.
    is_still_sent_to: AtomicBool,
}

impl Activity {
    fn state(&self) -> u32 {
        self.state.load(Ordering::Relaxed)
    }

    fn phase(&self) -> Phase {
        phase_of(self.state())
    }

    fn enter(&self, phase: Phase) {
        let changes = (self.state() >> PHASE_BITS).wrapping_add(1);
        self.state.store(changes << PHASE_BITS | phase as u32, Ordering::Relaxed);
    }

    /// Marks a request as being answered until the guard is dropped.
    fn busy(&self) -> BusyGuard<'_> {
        match self.phase() {
            Phase::Http2 => {
                self.streams.fetch_add(1, Ordering::Relaxed);
                self.enter(Phase::Http2);
            }
            _ => self.enter(Phase::Busy),
        }
        BusyGuard(self)
    }
}

fn phase_of(state: u32) -> Phase {
    match state & ((1 << PHASE_BITS) - 1) {
        0 => Phase::Idle,
        1 => Phase::Head,
        2 => Phase::Busy,
        3 => Phase::Stalled,
        4 => Phase::Lingering,
        _ => Phase::Http2,
    }
}

struct BusyGuard<'a>(&'a Activity);

impl Drop for BusyGuard<'_> {
    fn drop(&mut self) {
        match self.0.phase() {
            Phase::Http2 => {
                self.0.streams.fetch_sub(1, Ordering::Relaxed);
                self.0.enter(Phase::Http2);
            }
            _ => self.0.enter(Phase::Idle),
        }
    }
}

/// What the watch wants done with the connection.
enum Verdict {
    /// Poll it again: something that it waits for has changed.
    Look,
    /// End it in good order.
    End,
    /// Drop it.
    Cut,
}

/// How long a connection waits for a caller that was answered to stop sending, so that the answer survives.
const LINGER: Duration = Duration::from_secs(2);

/// Bounds the time that a connection spends in one phase.
///
/// One timer per connection, which is left alone while requests come and go: when it fires, the number in
/// [`Activity`] tells whether the connection has been in this phase all along.
struct Watch<'a> {
    limits: &'a Limits,
    activity: &'a Activity,
    timer: Pin<Box<tokio::time::Sleep>>,
    /// The state that the timer was set for.
    set_for: Option<u32>,
    /// The connection was told to end. A caller of HTTP/2 can keep it from doing so, by not answering, or by not reading.
    is_ending: bool,
}

impl<'a> Watch<'a> {
    fn new<C: Channel>(worker: &'a Worker<C>, activity: &'a Activity) -> Self {
        Self { limits: &worker.shared.limits, activity, timer: Box::pin(sleep(Duration::ZERO)), set_for: None, is_ending: false }
    }

    fn bound(&self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::Http2 if self.is_ending => Some(Duration::from_millis(self.limits.write_timeout_ms)),
            Phase::Idle | Phase::Http2 => Some(Duration::from_millis(self.limits.idle_timeout_ms)),
            Phase::Head => Some(Duration::from_millis(self.limits.head_timeout_ms)),
            Phase::Stalled => Some(Duration::from_millis(self.limits.write_timeout_ms)),
            Phase::Lingering => Some(LINGER),
            // A request has its own time limit.
            Phase::Busy => None,
        }
    }

    fn poll_verdict(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Verdict> {
        let state = self.activity.state();
        let phase = phase_of(state);
        let patient = matches!(phase, Phase::Idle | Phase::Http2);
        let set_well = self.set_for.is_some_and(|set_for| set_for == state || (patient && phase_of(set_for) == phase));
        if !set_well && let Some(bound) = self.bound(phase) {
            self.timer.as_mut().reset(Instant::now() + bound);
            self.set_for = Some(state);
            // Registers this task; whether the time is over already is asked below.
            let _ = self.timer.as_mut().poll(cx);
        }
        if !self.timer.is_elapsed() {
            return Poll::Pending;
        }
        match self.set_for.take() {
            None => Poll::Pending,
            Some(set_for) if set_for != state => Poll::Ready(Verdict::Look),
            Some(_) => Poll::Ready(self.time_is_over(phase)),
        }
    }

    fn time_is_over(&mut self, phase: Phase) -> Verdict {
        match phase {
            Phase::Idle => Verdict::End,
            Phase::Http2 if self.activity.streams.load(Ordering::Relaxed) == 0 => {
                if std::mem::replace(&mut self.is_ending, true) {
                    Verdict::Cut
                } else {
                    Verdict::End
                }
            }
            Phase::Http2 | Phase::Busy => Verdict::Look,
            Phase::Head => {
                self.activity.head_is_late.store(true, Ordering::Relaxed);
                Verdict::Look
            }
            Phase::Stalled | Phase::Lingering => Verdict::Cut,
        }
    }
}

/// A caller's socket that notes what passes through it, and answers in place of hyper where hyper has no body.
struct Guarded<C: Channel, S> {
    stream: S,
    activity: Arc<Activity>,
    worker: Arc<Worker<C>>,
    /// How much of the HTTP/2 preface has been seen; `None` once it is clear which protocol is spoken.
    preface: Option<usize>,
    /// The request line of the present head has not ended yet.
    in_request_line: bool,
}

/// What an HTTP/2 connection begins with and no HTTP/1 request does (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// How hyper's own refusals begin, and what only they contain: our errors have a body.
const REFUSAL: &[u8] = b"HTTP/1.1 4";
const NO_BODY: &[u8] = b"content-length: 0\r\n";

impl<C: Channel, S: AsyncRead + AsyncWrite + Unpin> Guarded<C, S> {
    fn new(stream: S, activity: Arc<Activity>, worker: Arc<Worker<C>>) -> Self {
        Self { stream, activity, worker, preface: Some(0), in_request_line: false }
    }

    fn received(&mut self, bytes: &[u8]) {
        if let Some(seen) = self.preface {
            let expected = &PREFACE[seen..];
            let compared = expected.len().min(bytes.len());
            let same = expected[..compared] == bytes[..compared];
            self.preface = (same && compared < expected.len()).then_some(seen + compared);
            if same && compared == expected.len() {
                self.activity.enter(Phase::Http2);
            }
        }
        match self.activity.phase() {
            Phase::Idle => {
                self.activity.enter(Phase::Head);
                self.in_request_line = !bytes.contains(&b'\n');
            }
            Phase::Head if self.in_request_line => self.in_request_line = !bytes.contains(&b'\n'),
            _ => {}
        }
    }

    /// The answer to send instead of `bytes`, if those are hyper's refusal of something that is not a request.
    fn instead_of(&mut self, bytes: &[u8]) -> Option<Bytes> {
        if !bytes.starts_with(REFUSAL) || self.activity.phase() == Phase::Http2 {
            return None;
        }
        if !bytes.windows(NO_BODY.len()).any(|part| part == NO_BODY) {
            return None;
        }
        let status = StatusCode::from_bytes(bytes.get(9..12)?).ok()?;
        let status = match status {
            // The buffer is full and still no line has ended.
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE if self.in_request_line => StatusCode::URI_TOO_LONG,
            status => status,
        };
        self.activity.is_still_sent_to.store(true, Ordering::Relaxed);
        Some(layers::refuse(&self.worker, status))
    }

    fn poll_send_instead(&mut self, cx: &mut Context<'_>, answer: &[u8]) {
        // Half a kilobyte into an empty send buffer: a caller that has no room for it cannot be told anything.
        let _ = Pin::new(&mut self.stream).poll_write(cx, answer);
    }

    fn wrote<T>(&self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match (self.activity.phase(), outcome.is_pending()) {
            (Phase::Idle, true) => self.activity.enter(Phase::Stalled),
            (Phase::Stalled, false) => self.activity.enter(Phase::Idle),
            _ => {}
        }
        outcome
    }
}

impl<C: Channel, S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<C, S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.activity.head_is_late.load(Ordering::Relaxed) {
            let answer = layers::refuse(&this.worker, StatusCode::REQUEST_TIMEOUT);
            this.poll_send_instead(cx, &answer);
            // hyper would not: TLS says that this was all.
            let _ = Pin::new(&mut this.stream).poll_shutdown(cx);
            // For hyper the caller has hung up, which ends the connection.
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let bytes = &buffer.filled()[before..];
        if !bytes.is_empty() {
            this.received(bytes);
        }
        Poll::Ready(Ok(()))
    }
}

impl<C: Channel, S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<C, S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(answer) = this.instead_of(bytes) {
            this.poll_send_instead(cx, &answer);
            return Poll::Ready(Ok(bytes.len()));
        }
        let outcome = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.wrote(outcome)
    }

    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let [only] = parts
            && let Some(answer) = this.instead_of(only)
        {
            this.poll_send_instead(cx, &answer);
            return Poll::Ready(Ok(only.len()));
        }
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // With TLS it is here that a caller who takes nothing shows.
        let outcome = Pin::new(&mut this.stream).poll_flush(cx);
        this.wrote(outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        if !this.activity.is_still_sent_to.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        if this.activity.phase() != Phase::Lingering {
            this.activity.enter(Phase::Lingering);
        }
        loop {
            let mut scratch = [0; 4096];
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
