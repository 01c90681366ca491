//! The HTTP server of one port, and what faults do to its connections.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Interval;

use crate::control;
use crate::exchange::{Answer, Request};
use crate::faults::Fault;
use crate::sandbox::{Desk, House};

type AnswerBody = Either<Full<Bytes>, UnsyncBoxBody<Bytes, Infallible>>;

/// Closes or reopens a port; the sender is told when it is done.
pub(crate) enum Command {
    Stop(oneshot::Sender<()>),
    Start(oneshot::Sender<io::Result<()>>),
}

/// Serves one port until the runtime ends.
pub(crate) async fn serve(
    house: Arc<House>,
    desk: Desk,
    listener: std::net::TcpListener,
    address: SocketAddr,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let mut listener = TcpListener::from_std(listener).ok();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                Some(Command::Stop(done)) => {
                    listener = None;
                    connections.shutdown().await;
                    let _ = done.send(());
                }
                Some(Command::Start(done)) => {
                    let outcome = reopen(&mut listener, address).await;
                    let _ = done.send(outcome);
                }
                None => return,
            },
            accepted = accept(listener.as_ref()) => {
                // A connection that died before it was accepted is no matter of ours.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve_connection(house.clone(), desk, stream));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

async fn reopen(listener: &mut Option<TcpListener>, address: SocketAddr) -> io::Result<()> {
    if listener.is_none() {
        *listener = Some(TcpListener::bind(address).await?);
    }
    Ok(())
}

async fn serve_connection(house: Arc<House>, desk: Desk, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let severed = Arc::new(OnceLock::new());
    let service = service_fn(|request| respond(&house, desk, &severed, request));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error here is the client's going away, or our own severing.
    let _ = (&mut connection).await;
    if let Some(end) = severed.get() {
        let stream = connection.into_parts().io.into_inner();
        sever(stream, end).await;
    }
}

/// How a connection ends that a fault cuts.
struct End {
    /// Written just before.
    bytes: Bytes,
    reset: bool,
}

async fn sever(mut stream: TcpStream, end: &End) {
    let _ = stream.write_all(&end.bytes).await;
    if end.reset {
        let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    } else {
        let _ = stream.shutdown().await;
    }
}

/// Makes hyper give the connection back, to be severed.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut by a fault")]
struct Severed;

async fn respond(
    house: &Arc<House>,
    desk: Desk,
    severed: &OnceLock<End>,
    request: hyper::Request<Incoming>,
) -> Result<Response<AnswerBody>, Severed> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return Err(Severed);
    };
    let request = Request { method: head.method, uri: head.uri, headers: head.headers, body: body.to_bytes() };
    match desk {
        Desk::Control => Ok(render(control::answer(house, &request).await)),
        Desk::System(name) => {
            let system = house.system(name);
            if !house.faults.any() {
                let answer = system.answer(&request, &house.ledger);
                house.ledger.traced(name, answer.operation, &request);
                house.ledger.called(name, answer.operation);
                return Ok(render(answer));
            }
            let aim = system.aim(&request);
            house.ledger.traced(name, aim.operation, &request);
            house.ledger.called(name, aim.operation);
            // Subscribed before the rule is read, so that its removal cannot be missed.
            let mut removal = house.faults.next_removal();
            let fault = house.faults.strike(name, &aim, request.correlation_id());
            let usual = || system.answer(&request, &house.ledger);
            let native = |code: &str| system.failure(&request, code);
            match fault {
                None => Ok(render(usual())),
                // Carried out first: a client that gives up while it waits does not know the outcome.
                Some(Fault::Delay { ms }) => {
                    let answer = usual();
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    Ok(render(answer))
                }
                Some(Fault::Hold) => {
                    let answer = usual();
                    let _ = removal.changed().await;
                    Ok(render(answer))
                }
                Some(fault) => strike(fault, usual, native).map_err(|end| {
                    let _ = severed.set(end);
                    Severed
                }),
            }
        }
    }
}

/// Turns the usual answer into the faulty one, or into the end of the connection.
fn strike(fault: Fault, usual: impl Fn() -> Answer, native: impl Fn(&str) -> Answer) -> Result<Response<AnswerBody>, End> {
    let bare = |code: u16, content_type, body: &'static str| {
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Answer::new("", status, content_type, body)
    };
    let severed = |bytes: Bytes, reset: bool| Err(End { bytes, reset });
    let answer = match fault {
        Fault::Delay { .. } | Fault::Hold => usual(),
        Fault::Native { code } => native(&code),
        Fault::Status { code, retry_after } => {
            let answer = bare(code, "text/plain", "");
            match retry_after {
                Some(seconds) => answer.with(RETRY_AFTER, HeaderValue::from(seconds)),
                None => answer,
            }
        }
        Fault::Html { code } => bare(code, "text/html", HTML),
        Fault::PlainText { code } => bare(code, "text/plain", "Service temporarily unavailable\n"),
        Fault::RateLimited { retry_after } => {
            bare(429, "text/plain", "Too many requests\n").with(RETRY_AFTER, HeaderValue::from(retry_after))
        }
        Fault::Empty => bare(200, usual().content_type, ""),
        Fault::Absurd => {
            let content_type = usual().content_type;
            let xml = content_type.starts_with("text/xml");
            let body = if xml { "<Unexpected/>" } else { r#"{"unexpected":[null]}"# };
            bare(200, content_type, body)
        }
        Fault::Garbage => {
            let mut answer = usual();
            answer.body = Bytes::from_static(GARBAGE);
            answer
        }
        Fault::WrongContentType => {
            let mut answer = usual();
            answer.content_type = "application/octet-stream";
            answer
        }
        Fault::Huge { bytes } => return Ok(huge(usual(), bytes)),
        Fault::Slow { bytes_per_second } => return Ok(slow(usual(), bytes_per_second)),
        Fault::Reset => return severed(Bytes::new(), true),
        Fault::ResetAfter => {
            usual();
            return severed(Bytes::new(), true);
        }
        Fault::ResetMidAnswer => return severed(first_half(&usual()), true),
        Fault::Truncate => return severed(first_half(&usual()), false),
        Fault::LostAnswer => {
            usual();
            return severed(Bytes::new(), false);
        }
        Fault::NotHttp => return severed(Bytes::from_static(GARBAGE), false),
    };
    Ok(render(answer))
}

const HTML: &str = "<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head>\
    <body><h1>Service Unavailable</h1><p>Maintenance window.</p></body></html>\n";

const GARBAGE: &[u8] = b"\x00\xff\xfe\x80\x01garbage\xc3\x28\xf0\x9f\r\n\r\n\x7f";

fn render(answer: Answer) -> Response<AnswerBody> {
    let body = Either::Left(Full::new(answer.body));
    with_head(answer.status, answer.content_type, answer.headers, body)
}

fn with_head(
    status: StatusCode,
    content_type: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: AnswerBody,
) -> Response<AnswerBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    for (name, value) in headers {
        response.headers_mut().append(name, value);
    }
    response
}

fn huge(answer: Answer, blanks: u64) -> Response<AnswerBody> {
    let body = Padded { blanks, answer: Some(answer.body) };
    let body = Either::Right(body.boxed_unsync());
    with_head(answer.status, answer.content_type, answer.headers, body)
}

fn slow(answer: Answer, bytes_per_second: u32) -> Response<AnswerBody> {
    // Ten small pieces a second where the rate allows, else single bytes.
    let rate = bytes_per_second.max(1);
    let piece = (rate / 10).max(1);
    let period = Duration::from_secs(1) * piece / rate;
    // The first one late too: two bytes at one a second take two seconds.
    let ticks = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    let body = Dripping { rest: answer.body, piece: piece as usize, ticks };
    let body = Either::Right(body.boxed_unsync());
    with_head(answer.status, answer.content_type, answer.headers, body)
}

/// Head and first half of the body, as they would be on the wire.
fn first_half(answer: &Answer) -> Bytes {
    let mut head = format!("HTTP/1.1 {}\r\ncontent-type: {}\r\n", answer.status, answer.content_type);
    let _ = write!(head, "content-length: {}\r\n\r\n", answer.body.len());
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&answer.body[..answer.body.len() / 2]);
    bytes.into()
}

/// A body followed by blanks, which are made as they are sent.
struct Padded {
    answer: Option<Bytes>,
    blanks: u64,
}

impl Body for Padded {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        const BLANKS: &[u8] = &[b' '; 16 * 1024];
        if let Some(answer) = self.answer.take() {
            return Poll::Ready(Some(Ok(Frame::data(answer))));
        }
        let length = self.blanks.min(BLANKS.len() as u64);
        self.blanks -= length;
        let blanks = &BLANKS[..length as usize];
        let frame = (length > 0).then(|| Ok(Frame::data(Bytes::from_static(blanks))));
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        let answer = self.answer.as_ref().map_or(0, Bytes::len) as u64;
        SizeHint::with_exact(answer + self.blanks)
    }
}

/// A body that is sent piece by piece, one each tick.
struct Dripping {
    rest: Bytes,
    piece: usize,
    ticks: Interval,
}

impl Body for Dripping {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.ticks.poll_tick(context));
        let length = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
