//! A client that sends one request at a time, and one that sends them at a fixed rate.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// The connection without what was read from it.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Has a request answered with 200.
    pub(crate) fn ask(&mut self, request: &[u8]) -> io::Result<()> {
        match self.exchange(request)? {
            Answer { status: 200, .. } => Ok(()),
            Answer { status, body } => Err(io::Error::other(format!("{status} {}", String::from_utf8_lossy(&body)))),
        }
    }

    /// Sends a whole request and reads the whole answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some(answer) = whole_answer(&self.buffer) {
                return Ok(answer);
            }
            let read = self.stream.read(&mut chunk)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.buffer.extend_from_slice(&chunk[..read]);
        }
    }
}

/// Only answers that say how long they are: all contestants' do.
fn whole_answer(bytes: &[u8]) -> Option<Answer> {
    let head_end = bytes.windows(4).position(|part| part == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..head_end]).ok()?.to_ascii_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length: usize = head.split("content-length:").nth(1)?.lines().next()?.trim().parse().ok()?;
    (bytes.len() >= head_end + length).then(|| Answer { status, body: bytes[head_end..head_end + length].to_vec() })
}

/// Latencies of one run, sorted.
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// The latency that `share` of the requests did not exceed; 0.99 is the 99th percentile.
    pub(crate) fn percentile(&self, share: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }
}

/// Sends requests at `rate` a second over `connections` for as long as `time`, and measures each answer from the moment
/// at which its request was due, so that a slow answer is not forgiven by sending the next request later.
///
/// Threads that sleep until the kernel's timer wakes them, because an event loop's timer is good to a millisecond only.
pub(crate) fn at_fixed_rate(port: u16, requests: &[Vec<u8>], rate: u32, connections: u32, time: Duration) -> io::Result<Latencies> {
    let period = Duration::from_secs(1) * connections / rate;
    let begin = Instant::now() + Duration::from_millis(50);
    let run = |number: u32| -> io::Result<Vec<Duration>> {
        // The kernel may be late by this much to save power, by default 50 µs: as much as what is measured.
        let _ = rustix::thread::set_current_timer_slack(std::num::NonZero::new(1_000));
        let mut connection = Connection::open(port)?;
        let mut latencies = Vec::new();
        let mut due = begin + period * number / connections;
        let mut next = number as usize;
        while due < begin + time {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let answer = connection.exchange(&requests[next % requests.len()])?;
            if answer.status != 200 {
                return Err(io::Error::other(format!("port {port} answered {}", answer.status)));
            }
            latencies.push(due.elapsed());
            due += period;
            next += connections as usize;
        }
        Ok(latencies)
    };
    let all: io::Result<Vec<Vec<Duration>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|number| scope.spawn(move || run(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a client panicked")))).collect()
    });
    let mut all: Vec<Duration> = all?.into_iter().flatten().collect();
    all.sort_unstable();
    Ok(Latencies(all))
}
