//! A configuration file that changes while its process answers (`docs/operations.md`).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use contract_tests::{Authority, DEMO_SECRET_HASH, Request, Sandbox, Server};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::bot_ux::balance_enquiry;
use crate::operations::{metrics, wait_for};

/// A process whose file can be written again.
struct Changing {
    server: Server,
    admin: String,
    file: PathBuf,
    reloads: u32,
    _folder: tempfile::TempDir,
}

/// What every file here begins with, up to keys of `[server]`.
const BEGINNING: &str = "[admin]\nlisten = '127.0.0.1:0'\n[server]\nlisten = '127.0.0.1:0'\npublic_base_url = 'https://esb.example.com'\n";

fn client(id: &str, keys: &str) -> String {
    format!("[[clients]]\nid = '{id}'\nsecrets = ['{DEMO_SECRET_HASH}']\n{keys}\n")
}

impl Changing {
    fn start(channel: &str, config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ux.toml");
        std::fs::write(&file, format!("{BEGINNING}{config}")).unwrap();
        let server = Server::start_with_file(channel, &file);
        let admin = server.admin();
        Self { server, admin, file, reloads: 0, _folder: folder }
    }

    /// Writes the file and waits until it is in force.
    fn apply(&mut self, config: &str) {
        std::fs::write(&self.file, format!("{BEGINNING}{config}")).unwrap();
        self.reloads += 1;
        self.server.read_config_again();
        wait_for(&self.admin, &format!(r#"config_reloads_total{{outcome="applied"}} {}"#, self.reloads));
    }

    /// Writes a file that must be refused.
    fn spoil(&self, config: &str) {
        std::fs::write(&self.file, format!("{BEGINNING}{config}")).unwrap();
        self.server.read_config_again();
        wait_for(&self.admin, r#"config_reloads_total{outcome="refused"} 1"#);
    }

    /// The status for a path that does not exist: whoever may call learns that, nobody else does.
    fn status_for(&self, client: &str) -> u16 {
        by(client, self.server.get("/bot-ux/v1/nowhere")).send().status
    }
}

fn by(client: &str, request: Request) -> Request {
    request.without("client_id").header("client_id", client)
}

#[test]
fn clients_come_and_go_and_a_bad_file_changes_nothing() {
    let mut process = Changing::start("bot-ux", &client("demo", ""));
    assert_eq!(["demo", "next"].map(|client| process.status_for(client)), [404, 401]);
    process.apply(&client("next", ""));
    assert_eq!(["demo", "next"].map(|client| process.status_for(client)), [401, 404]);

    process.spoil(&(client("worse", "") + "colour = 'hunter2'"));
    assert_eq!(["worse", "next"].map(|client| process.status_for(client)), [401, 404]);
    let status = Server::get_url(format!("{}/status", process.admin)).header("Accept", "application/json").send();
    assert!(status.body.contains(r#""outcome":"refused""#), "{}", status.body);
    let (_, errors) = process.server.stop();
    assert!(errors.contains("clients[0].colour"), "{errors}");
    assert!(errors.contains("stays as it was"), "{errors}");
    assert!(!errors.contains("hunter2"), "{errors}");
}

#[test]
fn a_quota_that_changes_begins_anew_and_one_that_does_not_goes_on() {
    let config = |requests: u32| {
        let quota = |requests: u32| format!("quota = {{ requests = {requests}, per_ms = 86400000 }}");
        client("same", &quota(1)) + &client("more", &quota(requests))
    };
    let mut process = Changing::start("bot-ux", &config(1));
    for client in ["same", "more"] {
        assert_eq!([process.status_for(client), process.status_for(client)], [404, 429], "{client}");
    }
    process.apply(&config(2));
    assert_eq!(process.status_for("same"), 429);
    assert_eq!([process.status_for("more"), process.status_for("more"), process.status_for("more")], [404, 404, 429]);
}

#[test]
fn what_waits_for_a_restart_is_named() {
    let mut process = Changing::start("bot-ux", &client("demo", ""));
    process.apply(&format!("workers = 3\n[server.limits]\nmax_uri_bytes = 300\n{}", client("demo", "units = ['PR']")));
    let (_, errors) = process.server.stop();
    let line = errors.lines().find(|line| line.contains("wait for a restart")).expect("a line about it");
    assert!(line.contains("server.limits.max_uri_bytes, server.workers"), "{line}");
    assert!(!line.contains("clients"), "{line}");
}

fn csg(sandbox: &Sandbox, keys: &str) -> String {
    let url = sandbox.url("csg");
    format!("[systems.csg]\nusername = 'sandbox-csg'\npassword = 'sandbox-csg-secret'\n[systems.csg.http]\nbase_url = '{url}'\n{keys}\n")
}

fn balance(server: &Server) -> Request {
    balance_enquiry(server, "PR", "8211990010013290")
}

#[test]
fn routes_change_and_a_request_in_progress_ends_by_those_it_began_with() {
    let sandbox = Sandbox::start();
    let control = sandbox.control();
    let config = |routing: &str| client("demo", "") + &csg(&sandbox, "") + routing;
    let mut process = Changing::start("bot-ux", &config(""));
    assert_eq!(balance(&process.server).send().status, 200);

    control.fault(&serde_json::json!({ "system": "csg", "fault": { "kind": "hold" } }));
    let held = balance(&process.server);
    let held = std::thread::spawn(move || held.send().status);
    wait_for(&process.admin, r#"upstream_in_flight{system="csg"} 1"#);
    process.apply(&config("[routing.PR]\nFIXED = 'not implemented'\n"));
    assert_eq!(balance(&process.server).send().status, 501);
    control.clear_faults();
    assert_eq!(held.join().unwrap(), 200);

    process.apply(&config(""));
    assert_eq!(balance(&process.server).send().status, 200);
    // Counted on, by both channels.
    wait_for(&process.admin, r#"upstream_calls_total{system="csg",operation="getBalanceEnquiry",outcome="ok"} 3"#);
    wait_for(&process.admin, r#"upstream_in_flight{system="csg"} 0"#);
}

#[test]
fn connections_to_a_system_stay_unless_it_changes() {
    let sandbox = Sandbox::start();
    let config = |client_keys: &str, http: &str| client("demo", client_keys) + &csg(&sandbox, http);
    let mut process = Changing::start("bot-ux", &("workers = 1\n".to_owned() + &config("", "")));
    let opened = |count: u32| format!("upstream_connections_opened_total{{system=\"csg\"}} {count}");
    assert_eq!(balance(&process.server).send().status, 200);
    process.apply(&("workers = 1\n".to_owned() + &config("units = ['PR']", "")));
    assert_eq!(balance(&process.server).send().status, 200);
    assert!(metrics(&process.admin).contains(&opened(1)));
    process.apply(&("workers = 1\n".to_owned() + &config("", "timeout_ms = 4000")));
    assert_eq!(balance(&process.server).send().status, 200);
    assert!(metrics(&process.admin).contains(&opened(2)));
    // The old one goes with the channel that nobody uses any more.
    wait_for(&process.admin, r#"upstream_connections{system="csg"} 1"#);
}

#[test]
fn an_open_breaker_stays_open_while_its_section_is_the_same() {
    let sandbox = Sandbox::start();
    let breaker = "retries = 0\nbreaker_min_calls = 1\nbreaker_open_ms = 600000";
    let config = |routing: &str, http: &str| client("demo", "") + &csg(&sandbox, http) + routing;
    let mut process = Changing::start("bot-ux", &config("", breaker));
    sandbox.control().fault_times("csg", "getBalanceEnquiry", "reset", 1);
    assert_eq!(balance(&process.server).send().status, 503);
    wait_for(&process.admin, r#"upstream_breaker_state{system="csg"} 2"#);
    process.apply(&config("[routing.PR]\nPOSTPAID = 'not implemented'\n", breaker));
    assert_eq!(balance(&process.server).send().status, 503);
    process.apply(&config("", "retries = 1"));
    wait_for(&process.admin, r#"upstream_breaker_state{system="csg"} 0"#);
    assert_eq!(balance(&process.server).send().status, 200);
}

/// A caller that speaks TLS and writes its requests itself, so that it knows which connection they go over.
struct TlsCaller(BufReader<StreamOwned<ClientConnection, TcpStream>>);

impl TlsCaller {
    fn connect(url: &str, client: ClientConfig) -> Self {
        let mut stream = TcpStream::connect(url.strip_prefix("https://").unwrap()).unwrap();
        let mut connection = ClientConnection::new(Arc::new(client), ServerName::try_from("localhost").unwrap()).unwrap();
        // With TLS 1.3 a caller whose certificate is refused learns that later.
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).expect("a handshake");
        }
        Self(BufReader::new(StreamOwned::new(connection, stream)))
    }

    /// The status of a request of the demo client, or how the connection failed.
    fn status(&mut self) -> io::Result<u16> {
        let request = b"GET /bot-ux/v1/nowhere HTTP/1.1\r\nhost: localhost\r\nclient_id: demo\r\nclient_secret: demo-secret\r\n\r\n";
        self.0.get_mut().write_all(request)?;
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end() {
                "" => break,
                line => head.push(line.to_ascii_lowercase()),
            }
        }
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        self.0.read_exact(&mut vec![0; length])?;
        Ok(head[0].split(' ').nth(1).unwrap().parse().unwrap())
    }

    fn certificate(&self) -> Vec<u8> {
        self.0.get_ref().conn.peer_certificates().unwrap()[0].to_vec()
    }
}

#[test]
fn a_certificate_is_replaced_under_traffic() {
    let authority = Arc::new(Authority::new());
    authority.issue("localhost", "server");
    let [certificate, key] = ["server.pem", "server.key"].map(|file| authority.path(file).display().to_string());
    let config = format!("{}[server.tls]\ncertificate_file = '{certificate}'\nkey_file = '{key}'\n", client("demo", ""));
    let mut process = Changing::start("bot-ux", &config);
    let url = process.server.url().to_owned();
    let connect = {
        let (authority, url) = (Arc::clone(&authority), url.clone());
        move || TlsCaller::connect(&url, authority.client(rustls::ALL_VERSIONS, None))
    };
    let before = connect().certificate();

    // Two callers that keep their connection, two that make one for each request; none of them ever fails.
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let callers: Vec<_> = [true, true, false, false]
        .map(|keeps| {
            let (connect, stop, answered) = (connect.clone(), Arc::clone(&stop), Arc::clone(&answered));
            std::thread::spawn(move || {
                let mut caller = connect();
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(caller.status().expect("an answer"), 404);
                    answered.fetch_add(1, Ordering::Relaxed);
                    if !keeps {
                        caller = connect();
                    }
                }
                (keeps, caller.certificate())
            })
        })
        .into();
    let some_more = || {
        let until = answered.load(Ordering::Relaxed) + 100;
        while answered.load(Ordering::Relaxed) < until && !callers.iter().any(std::thread::JoinHandle::is_finished) {
            std::thread::yield_now();
        }
    };
    some_more();
    authority.issue("localhost", "server");
    process.apply(&config);
    let after = connect().certificate();
    assert_ne!(after, before);
    some_more();

    // Half of a pair is no certificate: the old one stays.
    authority.issue("localhost", "other");
    std::fs::copy(authority.path("other.pem"), authority.path("server.pem")).unwrap();
    process.spoil(&config);
    assert_eq!(connect().certificate(), after);
    some_more();

    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        let (keeps, certificate) = caller.join().expect("no request failed");
        assert_eq!(certificate, if keeps { &before } else { &after }[..], "keeps its connection: {keeps}");
    }
    let (_, errors) = process.server.stop();
    assert!(errors.contains("server.tls.key_file: does not belong to the certificate"), "{errors}");
}

#[test]
fn an_authority_that_is_taken_out_lets_nobody_in_any_more() {
    let (authority, other) = (Authority::new(), Authority::new());
    authority.issue("localhost", "server");
    authority.write("clients.pem", &std::fs::read_to_string(authority.path("ca.pem")).unwrap());
    let path = |file: &str| authority.path(file).display().to_string();
    let tls = format!(
        "[server.tls]\ncertificate_file = '{}'\nkey_file = '{}'\nclient_ca_file = '{}'\n",
        path("server.pem"),
        path("server.key"),
        path("clients.pem")
    );
    let config = client("demo", "certificate_name = 'demo.example.com'") + &tls;
    let mut process = Changing::start("bot-ux", &config);
    // One configuration for all connections, so that the later ones try to go on with a session of the first.
    let known = authority.client(rustls::ALL_VERSIONS, Some(authority.identity("demo.example.com")));
    let mut kept = TlsCaller::connect(process.server.url(), known.clone());
    assert_eq!(kept.status().unwrap(), 404);
    assert_eq!(TlsCaller::connect(process.server.url(), known.clone()).status().unwrap(), 404);

    std::fs::copy(other.path("ca.pem"), authority.path("clients.pem")).unwrap();
    process.apply(&config);
    let refused = TlsCaller::connect(process.server.url(), known).status();
    assert!(refused.is_err(), "{refused:?}");
    let stranger = authority.client(rustls::ALL_VERSIONS, Some(other.identity("demo.example.com")));
    assert_eq!(TlsCaller::connect(process.server.url(), stranger).status().unwrap(), 404);
    // A connection outlives the authority that vouched for its caller.
    assert_eq!(kept.status().unwrap(), 404);
}
