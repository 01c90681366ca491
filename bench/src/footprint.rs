//! What the channels take up: binary, time to be ready, memory idle and with many connections.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::client::Connection;
use crate::machine::{BOTH, raise_file_limit};
use crate::scenario::{CHANNELS, Contestant, SCENARIOS, Scenario};
use crate::stage::{Gateway, Places, Upstreams};

const MIB: f64 = 1024.0 * 1024.0;

/// Largest binary, in MiB.
const BINARY: f64 = 12.0;

/// Longest time from the start of the process to the end of its first answer, in milliseconds.
const READY: f64 = 100.0;

/// Most memory after that answer, in MiB.
const IDLE: f64 = 12.0;

/// Most memory with [`CONNECTIONS`] silent connections that asked once each, in MiB.
const CROWDED: f64 = 150.0;

const CONNECTIONS: usize = 10_000;

/// Starts of which the quickest counts: a busy machine only ever adds.
const STARTS: usize = 5;

/// A gateway gives a connection's buffers back when it has been silent for a second.
const REST: Duration = Duration::from_secs(5);

/// Measures every channel and prints each figure beside its bound; whether all are within.
///
/// # Errors
/// Something cannot be started, a request is not answered with 200, or a connection is closed.
pub(crate) fn run() -> io::Result<bool> {
    let places = Places::new(None)?;
    raise_file_limit()?;
    let mut within = true;
    for channel in CHANNELS {
        let binary = places.channels.join(channel).metadata()?.len() as f64 / MIB;
        within &= holds(channel, "binary", binary, BINARY, "MiB");
    }
    let _upstreams = Upstreams::start(&places)?;
    for scenario in &SCENARIOS {
        let (gateway, ready) = quickest_start(&places, scenario)?;
        within &= holds(scenario.channel, "start to first answer", ready.as_secs_f64() * 1_000.0, READY, "ms");
        within &= holds(scenario.channel, "resident idle", gateway.process.resident_mib()?, IDLE, "MiB");
        let crowded = with_many_connections(&gateway, scenario)?;
        within &= holds(scenario.channel, "resident with 10,000 connections", crowded, CROWDED, "MiB");
    }
    Ok(within)
}

fn holds(channel: &str, what: &str, figure: f64, most: f64, unit: &str) -> bool {
    let within = figure <= most;
    let verdict = if within { "ok    " } else { "MISSED" };
    println!("{verdict} {channel:8} {what:34} {figure:6.1} {unit} (at most {most} {unit})");
    within
}

/// The gateway of the last start, and how long the quickest took.
fn quickest_start(places: &Places, scenario: &Scenario) -> io::Result<(Gateway, Duration)> {
    let (mut gateway, mut least) = start(places, scenario)?;
    for _ in 1..STARTS {
        // Its port is free only when it has ended.
        drop(gateway);
        let (next, took) = start(places, scenario)?;
        (gateway, least) = (next, least.min(took));
    }
    Ok((gateway, least))
}

fn start(places: &Places, scenario: &Scenario) -> io::Result<(Gateway, Duration)> {
    let begun = Instant::now();
    let gateway = Gateway::with_one_worker(places, scenario, BOTH)?;
    ask_once(scenario, &scenario.requests()[0])?;
    Ok((gateway, begun.elapsed()))
}

/// A connection that has had its answer.
fn ask_once(scenario: &Scenario, request: &[u8]) -> io::Result<TcpStream> {
    let mut connection = Connection::open(Contestant::Gateway.port(scenario))?;
    connection.ask(request).map_err(|error| io::Error::other(format!("{}: {error}", scenario.channel)))?;
    Ok(connection.into_stream())
}

/// The memory that is left when all are silent.
fn with_many_connections(gateway: &Gateway, scenario: &Scenario) -> io::Result<f64> {
    let requests = scenario.requests();
    let in_turn = requests.iter().cycle().take(CONNECTIONS);
    let connections = in_turn.map(|request| ask_once(scenario, request)).collect::<io::Result<Vec<_>>>()?;
    let until = Instant::now() + REST;
    let mut least = f64::MAX;
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
        least = least.min(gateway.process.resident_mib()?);
    }
    match connections.iter().filter(|connection| !is_open(connection)).count() {
        0 => Ok(least),
        closed => Err(io::Error::other(format!("{} closed {closed} connections", scenario.channel))),
    }
}

/// Whether there is neither an end nor anything unasked for.
fn is_open(connection: &TcpStream) -> bool {
    let waits = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
    connection.set_nonblocking(true).is_ok() && connection.peek(&mut [0]).is_err_and(waits)
}
