//! Two processes restarted in turn under load: whoever keeps to those that are ready loses nothing.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};

use contract_tests::{Control, DEMO_SECRET_HASH, Ending, Request, Sandbox, Server, agent};

use super::changes::{FIXED_BILL, until};

const CALLERS: usize = 6;
const ROUNDS: usize = 3;
/// Answered requests between one restart and the next.
const BETWEEN: usize = 60;

fn start(file: &tempfile::NamedTempFile) -> Server {
    Server::start_with_file("dxp-ux", file.path())
}

fn config(sandbox: &Sandbox) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "[server]\nlisten = '127.0.0.1:0'\npublic_base_url = 'https://esb.example.com'\ndrain_delay_ms = 200\n\
         [admin]\nlisten = '127.0.0.1:0'\n[[clients]]\nid = 'demo'\nsecrets = ['{DEMO_SECRET_HASH}']\n{}",
        sandbox.sections("dxp-ux", "")
    );
    std::fs::write(file.path(), text).unwrap();
    file
}

/// What a load balancer knows, and what became of the requests that it sent on.
struct Balancer {
    ready: RwLock<Vec<String>>,
    answered: AtomicUsize,
    acknowledged: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

impl Balancer {
    /// One request after the other, over kept connections; a read in turn with a change.
    fn call(&self, caller: usize) {
        let agent = agent();
        for number in 0.. {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let id = format!("restarts-{caller:04}-{number:08}");
            let is_change = number % 4 == 0;
            self.send(number, &id, is_change, &agent);
            self.answered.fetch_add(1, Ordering::Relaxed);
            if is_change {
                self.acknowledged.lock().unwrap().push(id);
            }
        }
    }

    /// To one that is ready. Who cannot even connect has sent nothing and goes to another, as a balancer does.
    fn send(&self, number: usize, id: &str, is_change: bool, agent: &ureq::Agent) {
        for turn in number.. {
            let ready = self.ready.read().unwrap().clone();
            let url = &ready[turn % ready.len()];
            let request = if is_change { FIXED_BILL.request_to(url, id) } else { enquiry(url, id) };
            match request.send_by(agent) {
                Err(ureq::Error::Io(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
                Err(error) => panic!("{id} is lost: {error}"),
                Ok(answer) => {
                    assert_eq!(answer.status, 200, "{id}: {}", answer.body);
                    return;
                }
            }
        }
    }

    /// Ends a process as an orchestrator does, and sends nobody there any more once it says that it is not ready.
    fn replace(&self, server: Server, next: impl Fn() -> Server) -> Server {
        let (url, readiness) = (server.url().to_owned(), format!("{}/readyz", server.admin()));
        let ending = std::thread::spawn(move || server.stop());
        let probe = agent();
        until(|| Request::to(&readiness, "GET", "").send_by(&probe).map_or(true, |answer| answer.status == 503));
        self.ready.write().unwrap().retain(|ready| *ready != url);
        // Ends with 0, so no connection had to be cut.
        let _ = ending.join().unwrap();
        let server = next();
        self.ready.write().unwrap().push(server.url().to_owned());
        server
    }

    fn wait_for_load(&self) {
        let before = self.answered.load(Ordering::Relaxed);
        until(|| self.answered.load(Ordering::Relaxed) >= before + BETWEEN);
    }
}

fn enquiry(url: &str, id: &str) -> Request {
    let request = Request::to(url, "GET", "/dxp-ux/v1/PR/billingAccount/8211990010018869");
    request.header("X-Correlation-ID", id).header("channelId", "APP").header("lob", "FIXED")
}

#[test]
fn rolling_restarts_lose_nothing() {
    let sandbox = Sandbox::start();
    let file = config(&sandbox);
    let mut servers = vec![start(&file), start(&file)];
    let balancer = Balancer {
        ready: RwLock::new(servers.iter().map(|server| server.url().to_owned()).collect()),
        answered: AtomicUsize::new(0),
        acknowledged: Mutex::default(),
        is_over: AtomicBool::new(false),
    };
    std::thread::scope(|scope| {
        let _ending = Ending::of(&balancer.is_over);
        for caller in 0..CALLERS {
            let balancer = &balancer;
            scope.spawn(move || balancer.call(caller));
        }
        for _ in 0..ROUNDS * servers.len() {
            balancer.wait_for_load();
            let oldest = servers.remove(0);
            servers.push(balancer.replace(oldest, || start(&file)));
        }
    });
    let recorded = changes(&sandbox.control());
    let mut acknowledged = balancer.acknowledged.into_inner().unwrap();
    acknowledged.sort();
    assert_eq!(recorded, acknowledged);
    assert!(balancer.answered.into_inner() >= ROUNDS * 2 * BETWEEN);
}

fn changes(control: &Control) -> Vec<String> {
    let mut ids: Vec<String> = control.changes().iter().map(|change| change["requestId"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}
