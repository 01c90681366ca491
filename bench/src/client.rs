//! A client that sends one request at a time, and one that sends them at a fixed rate, to one after the other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::message::body;

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    /// The last answer, and room.
    buffer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { stream, buffer: vec![0; 16 * 1024] })
    }

    /// The connection without what was read from it.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Has a request answered with 200.
    pub(crate) fn ask(&mut self, request: &[u8]) -> io::Result<()> {
        match self.exchange(request)? {
            Answer { status: 200, .. } => Ok(()),
            Answer { status, body } => Err(io::Error::other(format!("{status} {}", String::from_utf8_lossy(body)))),
        }
    }

    /// Sends a whole request and reads the whole answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        let (status, body) = loop {
            if filled == self.buffer.len() {
                self.buffer.resize(2 * filled, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..])?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            filled += read;
            if let Some(answer) = whole_answer(&self.buffer[..filled]) {
                break answer;
            }
        };
        Ok(Answer { status, body: &self.buffer[body] })
    }
}

/// Its status, and where its body is. Only answers that say how long they are: all contestants' do.
fn whole_answer(bytes: &[u8]) -> Option<(u16, Range<usize>)> {
    let (begin, length) = body(bytes)?;
    let end = begin + length?;
    let status = bytes.split(|byte| *byte == b' ').nth(1)?;
    let status = std::str::from_utf8(status).ok()?.parse().ok()?;
    (bytes.len() >= end).then_some((status, begin..end))
}

/// Latencies, sorted.
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// Those of several slices as one.
    pub(crate) fn of<'a>(slices: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::sorted(slices.into_iter().flat_map(|slice| slice.0.iter().copied()).collect())
    }

    fn sorted(mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        Self(latencies)
    }

    /// The latency that `share` of the requests did not exceed; 0.99 is the 99th percentile.
    pub(crate) fn percentile(&self, share: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }
}

/// At the beginning of a slice everybody finds his caches empty, and what went before may still be late: this long it is not measured.
const SETTLING: Duration = Duration::from_millis(50);

/// Requests at a fixed rate.
pub(crate) struct Pace {
    /// A second.
    pub(crate) rate: u32,
    /// To each of those who are asked.
    pub(crate) connections: u32,
    /// How long one is asked before it is the next one's turn.
    pub(crate) slice: Duration,
}

/// Asks those who listen at `ports`, one slice each, and returns the latencies of each slice: from the moment at which a request was due,
/// so that a slow answer is not forgiven by sending the next request later.
///
/// Threads that sleep until the kernel's timer wakes them, because an event loop's timer is good to a millisecond only.
///
/// # Errors
/// Somebody does not answer, or not with 200.
pub(crate) fn in_turns(ports: &[u16], requests: &[Vec<u8>], pace: &Pace) -> io::Result<Vec<Latencies>> {
    let Pace { rate, connections, slice } = *pace;
    let period = Duration::from_secs(1) * connections / rate;
    let begin = Instant::now() + Duration::from_millis(200);
    let end = begin + slice * u32::try_from(ports.len()).map_err(io::Error::other)?;
    let run = |number: u32| -> io::Result<Vec<(usize, Duration)>> {
        // The kernel may be late by this much to save power, by default 50 µs: as much as what is measured.
        let _ = rustix::thread::set_current_timer_slack(std::num::NonZero::new(1_000));
        let mut open: BTreeMap<u16, Connection> = BTreeMap::new();
        let mut latencies = Vec::new();
        let dues = (0..).map(|step| begin + period * number / connections + period * step).take_while(|due| *due < end);
        for (step, due) in dues.enumerate() {
            let since = (due - begin).as_nanos();
            let turn = (since / slice.as_nanos()) as usize;
            let is_settling = since % slice.as_nanos() < SETTLING.as_nanos();
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if is_settling && due.elapsed() > period {
                continue;
            }
            let (port, request) = (ports[turn], &requests[(number as usize + step * connections as usize) % requests.len()]);
            let connection = match open.entry(port) {
                Entry::Occupied(connection) => connection.into_mut(),
                Entry::Vacant(place) => place.insert(Connection::open(port)?),
            };
            connection.ask(request)?;
            if !is_settling {
                latencies.push((turn, due.elapsed()));
            }
        }
        Ok(latencies)
    };
    let all: io::Result<Vec<_>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|number| scope.spawn(move || run(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a client panicked")))).collect()
    });
    let mut slices = vec![Vec::new(); ports.len()];
    for (turn, latency) in all?.into_iter().flatten() {
        slices[turn].push(latency);
    }
    Ok(slices.into_iter().map(Latencies::sorted).collect())
}
