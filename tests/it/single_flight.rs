//! Identical reads at the same time are one call of the billing system. Each worker shares on its own, so there is one here.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use contract_tests::{Answer, Control, Request, Sandbox, Server};
use serde_json::json;

const BALANCE: &str = "getBalanceEnquiry";
const FIXED_BILL: &str = "8211990010042315";

/// A process with one worker, whose own time limits are longer than a test takes.
pub(crate) fn patient(channel: &str, systems: &str) -> Server {
    let config = format!(
        "[server]\nlisten = '127.0.0.1:0'\nworkers = 1\nrequest_timeout_ms = 60000\npublic_base_url = 'https://esb.example.com'\n\
         [admin]\nlisten = '127.0.0.1:0'\n\
         [[clients]]\nid = 'demo'\nsecrets = ['{}']\n{systems}",
        contract_tests::DEMO_SECRET_HASH
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), config).unwrap();
    Server::start_with_file(channel, file.path())
}

/// A patient process in front of a sandbox that holds its answers until its faults are cleared.
struct Held {
    _sandbox: Sandbox,
    control: Control,
    server: Server,
    admin: String,
}

impl Held {
    fn start(channel: &str, operation: &str, rest: &str) -> Self {
        let sandbox = Sandbox::start();
        let control = sandbox.control();
        control.fault(&json!({ "system": "csg", "operation": operation, "fault": { "kind": "hold" } }));
        let server = patient(channel, &sandbox.section("csg", &format!("timeout_ms = 60000\n{rest}")));
        let admin = server.admin();
        Self { _sandbox: sandbox, control, server, admin }
    }

    fn balance(&self, account: &str) -> Request {
        crate::bot_ux::balance_enquiry(&self.server, "PR", account)
    }

    fn shared(&self) -> u64 {
        let metrics = Server::get_url(format!("{}/metrics", self.admin)).send().body;
        let line = |line: &str| line.strip_prefix("upstream_shared_reads_total{system=\"csg\"} ")?.parse().ok();
        metrics.lines().find_map(line).unwrap_or(0)
    }

    fn wait_until(&self, what: &str, reached: impl Fn(&Self) -> bool) {
        let limit = Instant::now() + Duration::from_secs(60);
        while !reached(self) {
            assert!(Instant::now() < limit, "{what} never came");
            std::thread::yield_now();
        }
    }

    fn calls(&self, operation: &str) -> u64 {
        self.control.calls("csg", operation)
    }
}

fn send_all(requests: Vec<Request>) -> Vec<std::thread::JoinHandle<Answer>> {
    requests.into_iter().map(|request| std::thread::spawn(|| request.send())).collect()
}

fn statuses(requests: Vec<std::thread::JoinHandle<Answer>>) -> Vec<u16> {
    requests.into_iter().map(|request| request.join().unwrap().status).collect()
}

#[test]
fn five_identical_reads_are_one_call_and_another_account_is_a_second_one() {
    let held = Held::start("bot-ux", BALANCE, "");
    let mut requests = vec![held.balance("8211990010013290"); 5];
    requests.push(held.balance("8211990010018869"));
    let requests = send_all(requests);
    held.wait_until("four followers", |held| held.shared() == 4 && held.calls(BALANCE) == 2);
    held.control.clear_faults();
    assert_eq!(statuses(requests), [200; 6]);
    assert_eq!((held.calls(BALANCE), held.shared()), (2, 4));
}

#[test]
fn switched_off_each_read_is_a_call() {
    let held = Held::start("bot-ux", BALANCE, "single_flight = false\n");
    let requests = send_all(vec![held.balance("8211990010013290"); 3]);
    held.wait_until("three calls", |held| held.calls(BALANCE) == 3);
    held.control.clear_faults();
    assert_eq!(statuses(requests), [200; 3]);
    assert_eq!(held.shared(), 0);
}

#[test]
fn a_caller_who_hangs_up_takes_nobody_with_it() {
    let held = Held::start("bot-ux", BALANCE, "");
    let mut leader = TcpStream::connect(held.server.url().trim_start_matches("http://")).unwrap();
    write!(
        leader,
        "GET /bot-ux/v1/PR/balanceEnquiry HTTP/1.1\r\nhost: test\r\nclient_id: demo\r\n\
         client_secret: demo-secret\r\nlob: FIXED\r\nrefid: ACCOUNT_NO\r\n\
         refvalue: 8211990010013290\r\n\r\n"
    )
    .unwrap();
    held.wait_until("the leader's call", |held| held.calls(BALANCE) == 1);
    let followers = send_all(vec![held.balance("8211990010013290"); 2]);
    held.wait_until("two followers", |held| held.shared() == 2);
    drop(leader);
    // One of them leads now, and the other one follows it.
    held.wait_until("another leader", |held| held.shared() == 3 && held.calls(BALANCE) == 2);
    held.control.clear_faults();
    assert_eq!(statuses(followers), [200; 2]);
}

#[test]
fn what_a_caller_has_changed_it_reads() {
    let held = Held::start("dxp-ux", BALANCE, "");
    let read = || {
        let path = format!("/dxp-ux/v1/PR/billingAccount/{FIXED_BILL}");
        send_all(vec![held.server.get(&path).header("channelId", "APP").header("lob", "FIXED")])
    };
    let before = read();
    held.wait_until("the first read", |held| held.calls(BALANCE) == 1);
    let bill = contract_tests::document("dxp-ux.patch.ebill.fixed.request");
    let change = held.server.request("PATCH", &format!("/dxp-ux/v1/PR/billingAccount/{FIXED_BILL}")).json(&bill).send();
    assert_eq!(change.status, 200, "{}", change.body);
    let after = read();
    held.wait_until("the second read", |held| held.calls(BALANCE) == 2);
    held.control.clear_faults();
    assert_eq!((statuses(before), statuses(after)), (vec![200], vec![200]));
    assert_eq!(held.shared(), 0);
    assert_eq!(held.control.changes().len(), 1);
}
