//! One line per request, written by a thread of its own so that no request waits for whoever reads the log.
//!
//! | field | what |
//! |---|---|
//! | `time` | when the answer was ready, UTC |
//! | `channel` | the binary |
//! | `correlation_id` | the caller's, or the one that was made |
//! | `trace_id`, `span_id` | the request's place in a trace, if it belongs to one |
//! | `client` | id of the client, once its secret was right |
//! | `method`, `route` | the HTTP method and the path *template*: a path holds account numbers |
//! | `unit` | the business unit, if it is a documented one |
//! | `status`, `error` | HTTP status, and for failures the error's class; 499 is a caller who went away |
//! | `cause` | for a 5xx, the chain of causes: systems, operations and places, never a value |
//! | `duration_us`, `bytes` | time until the answer was ready, size of its body |
//!
//! No path, query, header value or body is ever written.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike as _, Timelike as _};
use prometheus_client::metrics::counter::Counter;
use serde::{Deserialize, Serialize, Serializer};

/// How access log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Columns for people.
    Human,
}

/// Bytes that may wait for the writer; lines beyond are dropped and counted.
const MAX_WAITING: usize = 4 * 1024 * 1024;

/// Longest wait before a line is written. Waking the writer is some request's work, and where there is one core its writing is in the
/// way of others: five times a second, that is few.
const FLUSH_AFTER: Duration = Duration::from_millis(200);

/// One line.
#[derive(Debug)]
pub(crate) struct AccessLine<'a> {
    pub(crate) time: Timestamp,
    pub(crate) channel: &'static str,
    pub(crate) correlation_id: &'a str,
    pub(crate) trace_id: Option<String>,
    pub(crate) span_id: Option<String>,
    pub(crate) client: Option<&'a str>,
    pub(crate) method: &'static str,
    pub(crate) route: Option<&'static str>,
    pub(crate) unit: Option<&'a str>,
    pub(crate) status: u16,
    pub(crate) error: Option<&'static str>,
    pub(crate) cause: Option<String>,
    pub(crate) duration_us: u64,
    pub(crate) bytes: usize,
}

impl LogLine for AccessLine<'_> {
    /// By hand, because every request writes one, and most of it is known to need no escapes.
    fn write_json(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        out.extend_from_slice(b"{\"time\":\"");
        out.extend_from_slice(&self.time.text().0);
        out.push(b'"');
        plain_member("channel", Some(self.channel), out);
        text_member("correlation_id", Some(self.correlation_id), out)?;
        plain_member("trace_id", self.trace_id.as_deref(), out);
        plain_member("span_id", self.span_id.as_deref(), out);
        text_member("client", self.client, out)?;
        plain_member("method", Some(self.method), out);
        plain_member("route", self.route, out);
        text_member("unit", self.unit, out)?;
        member("status", self.status, out)?;
        plain_member("error", self.error, out);
        text_member("cause", self.cause.as_deref(), out)?;
        member("duration_us", self.duration_us, out)?;
        member("bytes", self.bytes, out)?;
        out.push(b'}');
        Ok(())
    }

    fn write_human(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let milliseconds = (self.duration_us / 1000, self.duration_us % 1000 / 100);
        write!(out, "{} {} {}", self.time.text(), self.method, self.route.unwrap_or("-"))?;
        write!(out, " {} {}", self.unit.unwrap_or("-"), self.status)?;
        if let Some(error) = self.error {
            write!(out, " {error}")?;
        }
        write!(out, " {}.{}ms {}B", milliseconds.0, milliseconds.1, self.bytes)?;
        write!(out, " client={} id={}", self.client.unwrap_or("-"), self.correlation_id)?;
        if let Some(trace) = &self.trace_id {
            write!(out, " trace={trace}")?;
        }
        match &self.cause {
            Some(cause) => writeln!(out, " cause=\"{cause}\""),
            None => writeln!(out),
        }
    }
}

/// The name of a member of a JSON line that is not the first one.
#[inline]
fn begin_member(name: &'static str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

#[inline]
fn member(name: &'static str, value: impl Serialize, out: &mut Vec<u8>) -> std::io::Result<()> {
    begin_member(name, out);
    Ok(serde_json::to_writer(out, &value)?)
}

#[inline]
fn text_member(name: &'static str, text: Option<&str>, out: &mut Vec<u8>) -> std::io::Result<()> {
    text.map_or(Ok(()), |text| member(name, text, out))
}

/// A text of our own making: words and hexadecimal digits.
#[inline]
fn plain_member(name: &'static str, text: Option<&str>, out: &mut Vec<u8>) {
    let Some(text) = text else { return };
    debug_assert!(!text.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')), "{name} would have to be escaped");
    begin_member(name, out);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// What the log can hold a line of.
pub(crate) trait LogLine {
    /// The line as a JSON object.
    fn write_json(&self, out: &mut Vec<u8>) -> std::io::Result<()>;

    /// The line in columns, its end included.
    fn write_human(&self, out: &mut Vec<u8>) -> std::io::Result<()>;
}

/// Collects lines and has them written.
pub(crate) struct AccessLog {
    format: LogFormat,
    shared: Arc<Shared>,
    dropped: Counter,
    writer: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    closed: bool,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // A panic while a line was being added leaves at worst half a line behind.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AccessLog {
    pub(crate) fn start(format: LogFormat, sink: Box<dyn Write + Send>, dropped: Counter) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { waiting: Mutex::default(), changed: Condvar::new() });
        let writer = std::thread::Builder::new().name("access-log".into()).spawn({
            let shared = Arc::clone(&shared);
            move || write_lines(&shared, sink)
        })?;
        Ok(Self { format, shared, dropped, writer: Mutex::new(Some(writer)) })
    }

    /// Writes the line, unless so many wait already that it is better dropped and counted.
    pub(crate) fn write(&self, line: &AccessLine<'_>) {
        let waiting = self.shared.waiting();
        if waiting.lines.len() > MAX_WAITING {
            self.dropped.inc();
            return;
        }
        self.append(waiting, line);
    }

    /// Writes the line in any case.
    pub(crate) fn write_surely(&self, line: &impl LogLine) {
        self.append(self.shared.waiting(), line);
    }

    fn append(&self, mut waiting: MutexGuard<'_, Waiting>, line: &impl LogLine) {
        let was_empty = waiting.lines.is_empty();
        let lines = &mut waiting.lines;
        let written = match self.format {
            LogFormat::Json => line.write_json(lines).map(|()| lines.push(b'\n')),
            LogFormat::Human => line.write_human(lines),
        };
        debug_assert!(written.is_ok(), "writing to memory cannot fail");
        drop(waiting);
        if was_empty {
            self.shared.changed.notify_one();
        }
    }

    /// Writes what is waiting and ends the thread.
    pub(crate) fn close(&self) {
        self.shared.waiting().closed = true;
        self.shared.changed.notify_one();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && writer.join().is_err()
        {
            tracing::error!("the access log's thread panicked");
        }
    }
}

fn write_lines(shared: &Shared, mut sink: Box<dyn Write + Send>) {
    let mut lines = Vec::new();
    loop {
        let waiting = shared.waiting();
        let waiting = shared
            .changed
            .wait_while(waiting, |waiting| waiting.lines.is_empty() && !waiting.closed)
            .unwrap_or_else(PoisonError::into_inner);
        // More lines are likely to follow the first: one write for all of them.
        let (mut waiting, _) =
            shared.changed.wait_timeout_while(waiting, FLUSH_AFTER, |waiting| !waiting.closed).unwrap_or_else(PoisonError::into_inner);
        let closed = waiting.closed;
        std::mem::swap(&mut waiting.lines, &mut lines);
        drop(waiting);
        // Nobody can be told that the log is gone; requests are still answered.
        let _ = sink.write_all(&lines).and_then(|()| sink.flush());
        lines.clear();
        if closed {
            return;
        }
    }
}

/// A point in time, written as RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timestamp(SystemTime);

impl Timestamp {
    pub(crate) fn now() -> Self {
        Self(SystemTime::now())
    }

    pub(crate) fn at(time: SystemTime) -> Self {
        Self(time)
    }

    /// By hand, because chrono's formatter costs as much as the rest of the line.
    pub(crate) fn text(self) -> Rfc3339 {
        let since = self.0.duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = i64::try_from(since.as_secs()).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_default();
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |at: std::ops::Range<usize>, mut number: u32| {
            for digit in text[at].iter_mut().rev() {
                *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
                number /= 10;
            }
        };
        put(0..4, time.year().unsigned_abs());
        put(5..7, time.month());
        put(8..10, time.day());
        put(11..13, time.hour());
        put(14..16, time.minute());
        put(17..19, time.second());
        put(20..23, since.subsec_millis());
        Rfc3339(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text().as_str())
    }
}

pub(crate) struct Rfc3339([u8; 24]);

impl Rfc3339 {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits and separators only")
    }
}

impl std::fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: u16) -> AccessLine<'static> {
        AccessLine {
            time: Timestamp::at(UNIX_EPOCH + Duration::from_millis(1_700_000_000_042)),
            channel: "bot-ux",
            correlation_id: "abc",
            trace_id: (status != 200).then(|| "0af7651916cd43dd8448eb211c80319c".to_owned()),
            span_id: (status != 200).then(|| "b7ad6b7169203331".to_owned()),
            client: Some("demo"),
            method: "GET",
            route: Some("/{businessId}/accounts"),
            unit: Some("PR"),
            status,
            error: (status != 200).then_some("unavailable"),
            cause: (status != 200).then(|| "csg getAccounts: no connection: refused".to_owned()),
            duration_us: 1250,
            bytes: 99,
        }
    }

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat) -> String {
        let memory = Memory::default();
        let log = AccessLog::start(format, Box::new(memory.clone()), Counter::default()).unwrap();
        log.write(&line(200));
        log.write(&line(503));
        log.close();
        String::from_utf8(memory.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn json_lines() {
        insta::assert_snapshot!(written(LogFormat::Json));
    }

    #[test]
    fn human_lines() {
        insta::assert_snapshot!(written(LogFormat::Human));
    }
}
