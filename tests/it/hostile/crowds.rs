//! Connections that do nothing, ten thousand of them.

use std::process::Command;
use std::time::{Duration, Instant};

use contract_tests::{Connection, Server};

use super::{assert_serves, memory, unserved};

const CROWD: usize = 10_000;

/// Memory that a silent connection may take up.
const MOST_PER_CONNECTION: u64 = 24 * 1024;

/// Lets this process open as many files as it may, and says how many those are.
fn raise_file_limit() -> usize {
    let hard = Command::new("sh").args(["-c", "ulimit -Hn"]).output().expect("a shell");
    let hard = String::from_utf8_lossy(&hard.stdout).trim().parse().unwrap_or(1 << 20);
    let raised = Command::new("prlimit").args([format!("--pid={}", std::process::id()), format!("--nofile={hard}:{hard}")]).status();
    assert!(raised.is_ok_and(|status| status.success()), "the limit of open files stays");
    hard
}

fn open_connections(server: &Server) -> usize {
    let metrics = Server::get_url(format!("{}/metrics", server.admin())).send().body;
    let line = metrics.lines().find_map(|line| line.strip_prefix("http_connections ")).expect("the metric");
    line.parse().expect("a number")
}

fn wait_for_connections(server: &Server, wanted: impl Fn(usize) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !wanted(open_connections(server)) {
        assert!(Instant::now() < deadline, "{} connections", open_connections(server));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Half of them never say a word, half have been answered once; the process serves on.
#[test]
fn ten_thousand_idle_connections_cost_little() {
    let crowd = CROWD.min(raise_file_limit().saturating_sub(1_000));
    let server = Server::start_configured("bot-ux", "[admin]\nlisten = '127.0.0.1:0'\n[server.limits]\nidle_timeout_ms = 600000\n");
    assert_serves(&server);
    let before = memory(&server);
    let mut connections = Vec::with_capacity(crowd);
    for number in 0..crowd {
        let mut connection = Connection::open(&server);
        if number % 2 == 0 {
            connection.send(unserved() + "\r\n");
            assert_eq!(connection.receive().expect("an answer").status, 501);
        }
        connections.push(connection);
    }
    wait_for_connections(&server, |open| open >= crowd);
    let crowded = memory(&server);
    let each = crowded.saturating_sub(before) / crowd as u64;
    println!("{crowd} idle connections: {before} bytes of memory before, {crowded} with them, {each} each");
    assert!(each < MOST_PER_CONNECTION, "{each} bytes for each connection");
    assert_serves(&server);
    drop(connections);
    wait_for_connections(&server, |open| open <= 1);
    println!("{} bytes after", memory(&server));
    assert_serves(&server);
}
