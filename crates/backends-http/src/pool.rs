//! The connections of one worker to one system.
//!
//! A call drives its connection itself: no other task reads and writes for it, so that a request goes out in the moment it is
//! made and an answer is read by the one who waits for it. hyper-util's pool has a task for each connection; the hops from
//! task to task cost more than parsing the answer does.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::request::Request;
use http::response::Parts;
use http_body_util::Full;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep};

use crate::config::SystemConfig;
use crate::error::Cause;
use crate::transport::{BodyFailure, Connector, Stream, read_body};
use crate::under_way::UnderWay;

/// How often kept connections are looked at: one that the system has closed is forgotten within this time, or when the next
/// call finds it.
const SWEEP: Duration = Duration::from_secs(1);

/// A whole answer.
pub(crate) type Answer = (Parts, Bytes);

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No connection, so nothing was sent.
    Connect(Cause),
    /// The connection broke, or what came is not HTTP.
    Lost(hyper::Error),
    /// The answer is longer than allowed.
    TooLong,
}

pub(crate) struct Pool {
    connector: Connector,
    kept: Arc<Kept>,
    longest_answer: usize,
    calls: UnderWay,
}

/// Connections without a call, the one used last at the end.
struct Kept {
    lines: Mutex<Lines>,
    most: usize,
    longest_idle: Duration,
}

#[derive(Default)]
struct Lines {
    /// Each with the time of the last sweep before it was put here: a look at the clock takes longer than to put it here.
    idle: Vec<(Instant, Line)>,
    /// None while nobody sweeps.
    last_sweep: Option<Instant>,
}

/// A connection and the handle for its requests. Whoever holds it has to poll it.
struct Line {
    requests: SendRequest<Full<Bytes>>,
    /// None once it has ended. Dropping it then gives back what it had not sent.
    connection: Option<Box<Connection<Stream, Full<Bytes>>>>,
}

impl Pool {
    /// A pool that opens nothing before the first call.
    pub(crate) fn new(config: &SystemConfig, connector: Connector) -> Self {
        let longest_idle = config.idle_timeout();
        let most = if longest_idle.is_zero() { 0 } else { config.max_idle_connections };
        Self {
            connector,
            kept: Arc::new(Kept { lines: Mutex::default(), most, longest_idle }),
            longest_answer: config.max_answer_bytes,
            calls: UnderWay::default(),
        }
    }

    /// Sends the request and reads the whole answer. Dropped before its end, it closes the connection.
    ///
    /// A kept connection that turns out to be closed is replaced by another one as long as not a byte of the request was
    /// sent, which is safe for changes too.
    pub(crate) async fn exchange(&self, mut request: Box<Request<Full<Bytes>>>) -> Result<Answer, Failure> {
        self.calls.after_the_others().await;
        let _call = self.calls.enter();
        while let Some(mut line) = self.kept.take() {
            match line.exchange(request, self.longest_answer).await {
                Err(NoAnswer::NotSent(unsent)) => request = unsent,
                outcome => return self.finish(line, outcome),
            }
        }
        // On the heap, because every call's future has to have room for what few of them do.
        let mut line = Box::pin(self.connect()).await?;
        let outcome = line.exchange(request, self.longest_answer).await;
        self.finish(line, outcome)
    }

    async fn connect(&self) -> Result<Line, Failure> {
        let stream = self.connector.connect().await.map_err(Failure::Connect)?;
        // A request is short, and one piece of memory is less work for the kernel than two.
        let (requests, connection) = Builder::new().writev(false).handshake(stream).await.map_err(Failure::Lost)?;
        Ok(Line { requests, connection: Some(Box::new(connection)) })
    }

    fn finish(&self, mut line: Line, outcome: Result<Answer, NoAnswer>) -> Result<Answer, Failure> {
        match outcome {
            Ok(answer) => {
                // Mostly it is ready already, and whether it is still open is seen when it is used again.
                if line.requests.is_ready() || line.is_open() && line.requests.is_ready() {
                    self.kept.put(line);
                }
                Ok(answer)
            }
            Err(NoAnswer::NotSent(_)) => Err(Failure::Connect("closed before the request was sent".into())),
            Err(NoAnswer::Lost(cause)) => Err(Failure::Lost(cause)),
            Err(NoAnswer::TooLong) => Err(Failure::TooLong),
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("idle", &self.kept.lines().idle.len()).finish_non_exhaustive()
    }
}

impl Kept {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection used last. If the system has closed it, that is found before anything is sent.
    fn take(&self) -> Option<Line> {
        self.lines().idle.pop().map(|(_, line)| line)
    }

    fn put(self: &Arc<Self>, line: Line) {
        let mut lines = self.lines();
        if lines.idle.len() < self.most {
            let since = *lines.last_sweep.get_or_insert_with(|| {
                tokio::spawn(sweep(Arc::downgrade(self)));
                Instant::now()
            });
            lines.idle.push((since, line));
        }
    }

    /// Forgets what is closed or was idle for too long; false if nothing is left.
    fn sweep(&self) -> bool {
        let mut lines = self.lines();
        let now = Instant::now();
        lines.idle.retain_mut(|(since, line)| now - *since < self.longest_idle && line.is_open());
        lines.last_sweep = (!lines.idle.is_empty()).then_some(now);
        lines.last_sweep.is_some()
    }
}

async fn sweep(kept: Weak<Kept>) {
    loop {
        sleep(SWEEP).await;
        let Some(kept) = kept.upgrade() else { return };
        if !kept.sweep() {
            return;
        }
    }
}

/// Why a connection gave no answer.
enum NoAnswer {
    /// Here is the request again.
    NotSent(Box<Request<Full<Bytes>>>),
    Lost(hyper::Error),
    TooLong,
}

impl From<TrySendError<Request<Full<Bytes>>>> for NoAnswer {
    fn from(mut failure: TrySendError<Request<Full<Bytes>>>) -> Self {
        match failure.take_message() {
            Some(request) => Self::NotSent(Box::new(request)),
            None => Self::Lost(failure.into_error()),
        }
    }
}

impl Line {
    /// Looks at the connection without asking to be woken, since nobody waits.
    fn is_open(&mut self) -> bool {
        drive(&mut self.connection, &mut Context::from_waker(Waker::noop()));
        self.connection.is_some()
    }

    async fn exchange(&mut self, request: Box<Request<Full<Bytes>>>, longest_answer: usize) -> Result<Answer, NoAnswer> {
        let Self { requests, connection } = self;
        let answer = async {
            let (head, body) = requests.try_send_request(*request).await?.into_parts();
            match read_body(body, &head.headers, longest_answer).await {
                Ok(body) => Ok((head, body)),
                Err(BodyFailure::TooLong) => Err(NoAnswer::TooLong),
                Err(BodyFailure::Lost(cause)) => Err(NoAnswer::Lost(cause)),
            }
        };
        // A task that tokio pauses is woken through the waker at hand, which is none for the answer: only the connection pauses.
        let mut answer = pin!(unconstrained(answer));
        let mut is_handed_over = false;
        std::future::poll_fn(|cx| {
            // The two talk to each other in memory, and each would wake this task to have the other polled. They take turns
            // here anyway, as many as an ordinary answer needs (request; head; body and end), so only the last look at the
            // connection has to leave word where to wake.
            let quiet = &mut Context::from_waker(Waker::noop());
            if std::mem::replace(&mut is_handed_over, true) {
                drive(connection, quiet);
            }
            if let Poll::Ready(outcome) = answer.as_mut().poll(quiet) {
                return Poll::Ready(outcome);
            }
            drive(connection, cx);
            answer.as_mut().poll(quiet)
        })
        .await
    }
}

/// Lets the connection write and read what it can.
fn drive(connection: &mut Option<Box<Connection<Stream, Full<Bytes>>>>, cx: &mut Context<'_>) {
    // How it ended is told to the request that it carried.
    if connection.as_mut().is_some_and(|open| Pin::new(&mut **open).poll(cx).is_ready()) {
        *connection = None;
    }
}
