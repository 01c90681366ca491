//! One connection of a caller: HTTP/1 or HTTP/2 by hyper, watched from outside.
//!
//! Two things hyper leaves to others happen here. Requests that never become one (not HTTP, head too large) get the
//! documented JSON body instead of an empty one; and silence is bounded at each stage, without reading the clock or
//! setting a timer per request.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use backends_http::Turn;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::channel::Channel;
use crate::entrance::Place;
use crate::error::Chain;
use crate::layers;
use crate::limits::Limits;
use crate::on_heap::on_heap;
use crate::server::Worker;
use crate::tls;
use crate::watch::{Activity, LINGER, Phase, REST_AFTER, Verdict, Watch};

/// hyper with every limit set on purpose.
pub(crate) fn http(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .keep_alive(true)
        // A caller that stops sending has gone away: the work for it is stopped too.
        .half_close(false)
        // One piece of a few kilobytes is written at less cost than two.
        .writev(false)
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
    /// Its place among the connections that may be open. A change that goes on without its caller keeps it, so that
    /// stopping waits for the change as it does for a connection.
    pub(crate) _slot: OwnedSemaphorePermit,
}

/// Serves a connection until it ends.
pub(crate) async fn run<C: Channel>(stream: TcpStream, address: IpAddr, slot: OwnedSemaphorePermit, worker: Arc<Worker<C>>) {
    // Answers are written whole, so waiting for more to send only costs time.
    let _ = stream.set_nodelay(true);
    let tls = worker.in_force.load().tls.clone();
    match tls {
        None => serve(stream, Peer { address, certificate: None, _slot: slot }, worker).await,
        // On the heap, so that a connection without TLS is not as large as one with it.
        Some(tls) => on_heap(|| run_with_tls(tls, stream, address, slot, worker)).await,
    }
}

async fn run_with_tls<C: Channel>(
    tls: TlsAcceptor,
    stream: TcpStream,
    address: IpAddr,
    slot: OwnedSemaphorePermit,
    worker: Arc<Worker<C>>,
) {
    let within = Duration::from_millis(worker.shared.limits.head_timeout_ms);
    let shaken = tokio::select! {
        shaken = tls::handshake(&tls, stream, within) => shaken,
        () = worker.shared.drain.second_stage() => return,
    };
    match shaken {
        Ok(stream) => {
            let certificate = tls::certificate_of(&stream);
            serve(stream, Peer { address, certificate, _slot: slot }, worker).await;
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
    let mut next = (stream, None);
    // Both on the heap, so that the task itself is small: every poll looks at what is left of it here.
    while let Some(resting) = on_heap(|| talk(next, &peer, &worker)).await {
        match on_heap(|| rest(resting, &worker)).await {
            Some((stream, byte)) => next = (stream, Some(byte)),
            None => return,
        }
    }
}

/// Serves requests until the connection ends, or until it has been silent for a while: then the stream comes back.
async fn talk<C: Channel, S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    (stream, first): (S, Option<u8>),
    peer: &Arc<Peer>,
    worker: &Arc<Worker<C>>,
) -> Option<S> {
    let common = Arc::new(Common { worker: Arc::clone(worker), peer: Arc::clone(peer), activity: Activity::default() });
    let activity = &common.activity;
    let given_back = Arc::new(Mutex::new(None));
    let guarded = Guarded {
        stream: Some(stream),
        first,
        given_back: Arc::clone(&given_back),
        common: Arc::clone(&common),
        preface: Some(0),
        in_request_line: false,
        turn: Turn::default(),
    };
    let service = service_fn(|request: http::Request<Incoming>| {
        let common = Arc::clone(&common);
        let (head, body) = request.into_parts();
        let head = Box::new(head);
        // hyper moves it once more, and keeps room for it in every connection.
        on_heap(|| async move {
            let Common { worker, peer, activity } = &*common;
            let _busy = activity.busy();
            if !body.is_end_stream() {
                activity.had_body.store(true, Ordering::Relaxed);
            }
            let response = layers::serve(worker, peer, head, body).await;
            if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
                activity.is_still_sent_to.store(true, Ordering::Relaxed);
            }
            Ok::<http::Response<Full<Bytes>>, std::convert::Infallible>(response)
        })
    });
    let mut is_unanswered = false;
    {
        let mut connection = pin!(worker.http.serve_connection(TokioIo::new(guarded), service));
        let mut watch = pin!(Watch::new(worker, activity));
        let drain = &worker.shared.drain;
        let mut drained = pin!(drain.second_stage());
        let (mut is_waiting, mut draining) = (false, false);
        let mut place = Place::default();
        std::future::poll_fn(|cx| {
            // Out here, where the one who waits costs only this look.
            if activity.phase() == Phase::Idle {
                ready!(worker.entrance.poll_enter(&mut place, cx));
            }
            loop {
                if let Poll::Ready(outcome) = connection.as_mut().poll(cx) {
                    is_unanswered =
                        outcome.is_err_and(|failure| is_bad_head(&*failure)) && !activity.is_still_sent_to.load(Ordering::Relaxed);
                    if is_unanswered {
                        activity.is_given_back.store(true, Ordering::Relaxed);
                    }
                    return Poll::Ready(());
                }
                // Polled once, to be woken: each poll takes a lock that all connections share.
                if !is_waiting {
                    is_waiting = true;
                    let _ = drained.as_mut().poll(cx);
                }
                if !draining && drain.has_reached_second() {
                    draining = true;
                    connection.as_mut().graceful_shutdown();
                    continue;
                }
                match ready!(watch.as_mut().poll_verdict(cx)) {
                    Verdict::Look => {}
                    Verdict::End | Verdict::Rest => connection.as_mut().graceful_shutdown(),
                    Verdict::Cut => return Poll::Ready(()),
                }
            }
        })
        .await;
    }
    let stream = given_back.lock().unwrap_or_else(PoisonError::into_inner).take();
    if is_unanswered {
        refuse(stream?, worker).await;
        return None;
    }
    stream
}

fn is_bad_head(failure: &(dyn std::error::Error + 'static)) -> bool {
    failure.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse)
}

/// Answers a head that is no request where hyper does not: what follows looked to it like the beginning of HTTP/2.
async fn refuse<C: Channel, S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, worker: &Worker<C>) {
    let answer = layers::refuse(worker, StatusCode::BAD_REQUEST);
    let farewell = async {
        stream.write_all(&answer).await?;
        stream.shutdown().await?;
        // Closed with something unread, the connection would take the answer away from who has not read it yet.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    let _ = timeout(LINGER, farewell).await;
}

/// Waits for the next byte of a silent caller, with no more memory than the socket's own; none if the connection is over.
async fn rest<C: Channel, S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, worker: &Worker<C>) -> Option<(S, u8)> {
    let shared = &worker.shared;
    shared.metrics.resting_connections.inc();
    let left = Duration::from_millis(shared.limits.idle_timeout_ms).saturating_sub(REST_AFTER);
    let mut byte = [0];
    let read = tokio::select! {
        read = stream.read(&mut byte) => read.unwrap_or(0),
        () = sleep(left) => 0,
        () = shared.drain.second_stage() => 0,
    };
    shared.metrics.resting_connections.dec();
    if read == 0 {
        // With TLS this is what says goodbye.
        let _ = stream.shutdown().await;
        return None;
    }
    Some((stream, byte[0]))
}

/// What the parts of a connection share.
struct Common<C: Channel> {
    worker: Arc<Worker<C>>,
    peer: Arc<Peer>,
    activity: Activity,
}

/// A caller's socket that notes what passes through it, and answers in place of hyper where hyper has no body.
struct Guarded<C: Channel, S> {
    /// None once it was given back.
    stream: Option<S>,
    /// A byte that was read before hyper came.
    first: Option<u8>,
    /// Where the stream goes when hyper drops this, if it is not to be closed.
    given_back: Arc<Mutex<Option<S>>>,
    common: Arc<Common<C>>,
    /// How much of the HTTP/2 preface has been seen; `None` once it is clear which protocol is spoken.
    preface: Option<usize>,
    /// The request line of the present head has not ended yet.
    in_request_line: bool,
    /// To write behind what other requests have ready.
    turn: Turn,
}

/// What an HTTP/2 connection begins with and no HTTP/1 request does (RFC 9113, section 3.4). All of it: hyper takes what begins
/// like it and goes on differently for HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How hyper's own refusals begin, and what only they contain: our errors have a body.
const REFUSAL: &[u8] = b"HTTP/1.1 4";
const NO_BODY: &[u8] = b"content-length: 0\r\n";

/// How a request's head ends.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

impl<C: Channel, S> Drop for Guarded<C, S> {
    fn drop(&mut self) {
        if self.common.activity.is_given_back.load(Ordering::Relaxed) {
            *self.given_back.lock().unwrap_or_else(PoisonError::into_inner) = self.stream.take();
        }
    }
}

impl<C: Channel, S: AsyncRead + AsyncWrite + Unpin> Guarded<C, S> {
    fn stream(&mut self) -> Pin<&mut S> {
        Pin::new(self.stream.as_mut().expect("only dropping gives it back"))
    }

    fn received(&mut self, bytes: &[u8]) {
        if let Some(seen) = self.preface {
            let expected = &PREFACE[seen..];
            let compared = expected.len().min(bytes.len());
            let same = expected[..compared] == bytes[..compared];
            self.preface = (same && compared < expected.len()).then_some(seen + compared);
            if same && compared == expected.len() {
                self.common.activity.enter(Phase::Http2);
            }
        }
        self.common.activity.has_read_ahead.store(!bytes.ends_with(END_OF_HEAD), Ordering::Relaxed);
        match self.common.activity.phase() {
            Phase::Idle => {
                self.common.activity.enter(Phase::Head);
                self.in_request_line = !bytes.contains(&b'\n');
            }
            Phase::Head if self.in_request_line => self.in_request_line = !bytes.contains(&b'\n'),
            _ => {}
        }
    }

    /// The answer to send instead of `bytes`, if those are hyper's refusal of something that is not a request.
    fn instead_of(&mut self, bytes: &[u8]) -> Option<Bytes> {
        if !bytes.starts_with(REFUSAL) || self.common.activity.phase() == Phase::Http2 {
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
        self.common.activity.is_still_sent_to.store(true, Ordering::Relaxed);
        Some(layers::refuse(&self.common.worker, status))
    }

    fn poll_send_instead(&mut self, cx: &mut Context<'_>, answer: &[u8]) {
        // Half a kilobyte into an empty send buffer: a caller that has no room for it cannot be told anything.
        let _ = self.stream().poll_write(cx, answer);
    }

    /// Here and not before the answer is handed to hyper: its text has been copied into hyper's buffer by then, and the memory that it was
    /// written into is the next answer's while it is still in the processor's cache.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.common.worker.requests.poll_after_the_others(&mut self.turn, cx)
    }

    fn wrote<T>(&self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match (self.common.activity.phase(), outcome.is_pending()) {
            (Phase::Idle | Phase::Answered, true) => self.common.activity.enter(Phase::Stalled),
            (Phase::Answered | Phase::Stalled, false) => self.common.activity.enter(Phase::Idle),
            _ => {}
        }
        outcome
    }
}

impl<C: Channel, S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<C, S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.common.activity.head_is_late.load(Ordering::Relaxed) {
            let answer = layers::refuse(&this.common.worker, StatusCode::REQUEST_TIMEOUT);
            this.poll_send_instead(cx, &answer);
            // hyper would not: TLS says that this was all.
            let _ = this.stream().poll_shutdown(cx);
            // For hyper the caller has hung up, which ends the connection.
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if let Some(first) = this.first.take() {
            buffer.put_slice(&[first]);
            this.received(&[first]);
            return Poll::Ready(Ok(()));
        }
        ready!(this.stream().poll_read(cx, buffer))?;
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
        ready!(this.poll_turn(cx));
        let outcome = this.stream().poll_write(cx, bytes);
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
        ready!(this.poll_turn(cx));
        let outcome = this.stream().poll_write_vectored(cx, parts);
        this.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // With TLS it is here that a caller who takes nothing shows.
        let outcome = this.stream().poll_flush(cx);
        this.wrote(outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.common.activity.is_given_back.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        ready!(this.stream().poll_shutdown(cx))?;
        if !this.common.activity.is_still_sent_to.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        if this.common.activity.phase() != Phase::Lingering {
            this.common.activity.enter(Phase::Lingering);
        }
        loop {
            let mut scratch = [0; 4096];
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(this.stream().poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
