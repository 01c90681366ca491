//! TLS towards callers: who is let in, and that everything which holds without it holds with it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use contract_tests::{Authority, Identity};
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ux_server::{StartError, start};

use crate::channel::{Fake, Server, config};
use crate::client::{Caller, Request};

/// An authority, with a certificate of its own for the server in files.
fn authority() -> Authority {
    let authority = Authority::new();
    authority.issue("localhost", "server");
    authority
}

fn path(authority: &Authority, file: &str) -> String {
    authority.path(file).display().to_string()
}

/// `[server.tls]` with `keys` behind the two that every such section has.
fn section(authority: &Authority, keys: &str) -> String {
    let [certificate, key] = ["server.pem", "server.key"].map(|file| path(authority, file));
    format!("\n[server.tls]\ncertificate_file = '{certificate}'\nkey_file = '{key}'\n{keys}\n")
}

fn mutual(authority: &Authority, keys: &str) -> String {
    section(authority, &format!("client_ca_file = '{}'\n{keys}", path(authority, "ca.pem")))
}

fn call(authority: &Authority, server: &Server, identity: Option<Identity>) -> Caller<StreamOwned<ClientConnection, TcpStream>> {
    connect(server, authority.client(rustls::ALL_VERSIONS, identity))
}

fn connect(server: &Server, client: ClientConfig) -> Caller<StreamOwned<ClientConnection, TcpStream>> {
    let stream = Caller::connect(server).into_inner();
    let connection = ClientConnection::new(Arc::new(client), ServerName::try_from("localhost").unwrap()).unwrap();
    Caller::over(StreamOwned::new(connection, stream))
}

/// The protocol and the version that both sides agree on.
fn agreed(server: &Server, mut client: ClientConfig, protocols: &[&[u8]]) -> (Option<Vec<u8>>, Option<rustls::ProtocolVersion>) {
    client.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let mut stream = Caller::connect(server).into_inner();
    let mut connection = ClientConnection::new(Arc::new(client), ServerName::try_from("localhost").unwrap()).unwrap();
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).unwrap();
    }
    (connection.alpn_protocol().map(<[u8]>::to_vec), connection.protocol_version())
}

fn with_tls(section: &str) -> Server {
    Server::with(|config| config + section)
}

#[test]
fn both_versions_and_both_protocols_are_spoken() {
    let authority = authority();
    let server = with_tls(&section(&authority, ""));
    for version in rustls::ALL_VERSIONS {
        let client = || authority.client(&[version], None);
        assert_eq!(connect(&server, client()).ask(&Request::get("/PR/thing/x")).status, 200);
        assert_eq!(agreed(&server, client(), &[b"h2", b"http/1.1"]), (Some(b"h2".to_vec()), Some(version.version)));
        assert_eq!(agreed(&server, client(), &[b"http/1.1"]).0, Some(b"http/1.1".to_vec()));
    }
    server.stop();
}

#[test]
fn http_2_is_served() {
    let authority = authority();
    let server = with_tls(&section(&authority, ""));
    let mut client = authority.client(rustls::ALL_VERSIONS, None);
    client.alpn_protocols = vec![b"h2".to_vec()];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let status = runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.running.address()).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = tokio_rustls::TlsConnector::from(Arc::new(client)).connect(name, stream).await.unwrap();
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        let request = http::Request::get("https://localhost/fake-ux/v1/PR/thing/x")
            .header("client_id", "all")
            .header("client_secret", "all-secret")
            .header("lob", "FIXED")
            .body(Empty::<bytes::Bytes>::new());
        sender.send_request(request.unwrap()).await.unwrap().status()
    });
    assert_eq!(status, 200);
}

#[test]
fn what_is_no_request_is_refused_with_a_body() {
    let authority = authority();
    let server = with_tls(&section(&authority, ""));
    let head = "PATCH /fake-ux/v1/PR/thing/x HTTP/1.1\r\nhost: test\r\n";
    for (status, bytes) in [
        (400, "GARBAGE\r\n\r\n".to_owned()),
        (414, format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(20_000))),
        (431, format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(20_000))),
        (408, "GET /fake-ux/v1/PR/th".to_owned()),
        (413, format!("{head}content-length: 2000000\r\n\r\n{}", "x".repeat(2_000_000))),
    ] {
        let mut caller = call(&authority, &server, None);
        caller.send(bytes);
        let answer = caller.receive().expect("an answer");
        answer.description();
        assert_eq!(answer.status, status);
        assert!(caller.is_closed(), "{status}");
    }
}

#[test]
fn whoever_does_not_finish_the_handshake_is_cut_and_counted() {
    let authority = authority();
    let server = with_tls(&section(&authority, ""));
    let mut silent = Caller::connect(&server);
    let mut plain = Caller::connect(&server);
    plain.send(Request::get("/PR/thing/x").bytes());
    let mut said = Vec::new();
    plain.into_inner().read_to_end(&mut said).unwrap();
    assert!(!said.starts_with(b"HTTP"), "an alert of TLS at most");
    assert!(silent.is_closed());
    // Counted right after the connection is closed.
    while !server.running.metrics().contains("tls_handshakes_failed_total 2") {
        std::thread::yield_now();
    }
    server.stop();
}

#[test]
fn stopping_waits_for_no_handshake() {
    let authority = authority();
    let server = Server::with(|config| config.replace("head_timeout_ms = 300", "head_timeout_ms = 600000") + &section(&authority, ""));
    let mut silent = Caller::connect(&server);
    silent.send([22, 3, 1]);
    let mut used = call(&authority, &server, None);
    assert_eq!(used.ask(&Request::get("/PR/thing/x")).status, 200);
    // Fails if either connection had to be cut at the end of the drain time.
    server.stop();
    assert!(silent.is_closed());
}

/// Whether a request as `all` is answered; false if the connection is closed instead.
fn is_let_in(mut caller: Caller<impl Read + Write>) -> Option<u16> {
    // A refused certificate shows when something is read, with TLS 1.3, or written, with TLS 1.2.
    let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| caller.send(Request::get("/PR/thing/x").bytes())));
    sent.ok().and_then(|()| caller.receive()).map(|answer| answer.status)
}

#[test]
fn a_required_certificate_is_required() {
    let (authority, stranger) = (authority(), Authority::new());
    let server = with_tls(&mutual(&authority, ""));
    assert_eq!(is_let_in(call(&authority, &server, Some(authority.identity("anybody")))), Some(200));
    assert_eq!(is_let_in(call(&authority, &server, None)), None);
    assert_eq!(is_let_in(call(&authority, &server, Some(stranger.identity("anybody")))), None);
}

#[test]
fn a_client_may_be_tied_to_a_certificate() {
    let authority = authority();
    let section = mutual(&authority, "client_certificates = 'optional'");
    let server = Server::with(|config| config.replacen("id = \"all\"", "id = \"all\"\ncertificate_name = 'bot.example.com'", 1) + &section);
    let named = |name: &str| Some(authority.identity(name));
    assert_eq!(is_let_in(call(&authority, &server, named("bot.example.com"))), Some(200));
    assert_eq!(is_let_in(call(&authority, &server, named("*.example.com"))), Some(200));
    assert_eq!(is_let_in(call(&authority, &server, named("other.example.com"))), Some(401));
    assert_eq!(is_let_in(call(&authority, &server, None)), Some(401));
    // Another client needs none.
    let mut caller = call(&authority, &server, None);
    assert_eq!(caller.ask(&Request::get("/PR/thing/x").by("pr")).status, 200);
}

fn mistakes(section: &str, certificate_name: Option<&str>) -> Vec<String> {
    let mut config = config();
    if let Some(name) = certificate_name {
        config = config.replacen("id = \"all\"", &format!("id = \"all\"\ncertificate_name = '{name}'"), 1);
    }
    match start::<Fake>(&(config + section), Box::new(std::io::sink())) {
        Err(StartError::Misconfigured(problems)) => problems.into_iter().map(|problem| problem.key).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn mistakes_are_told_by_their_keys() {
    let (authority, other) = (authority(), authority());
    let ca = path(&authority, "ca.pem");
    authority.write("broken.pem", "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n");
    authority.write("empty.pem", "");
    let pair = |certificate: &str, key: &str| format!("\n[server.tls]\ncertificate_file = '{certificate}'\nkey_file = '{key}'\n");
    let (server, key) = (path(&authority, "server.pem"), path(&authority, "server.key"));
    assert!(mistakes(&mutual(&authority, ""), Some("bot.example.com")).is_empty());
    assert_eq!(mistakes("\n[server.tls]\n", None), ["server.tls.certificate_file", "server.tls.key_file"]);
    assert_eq!(mistakes(&pair("/no/such/file", &key), None), ["server.tls.certificate_file"]);
    assert_eq!(mistakes(&pair(&path(&authority, "broken.pem"), &key), None), ["server.tls.certificate_file"]);
    assert_eq!(mistakes(&pair(&path(&authority, "empty.pem"), &key), None), ["server.tls.certificate_file"]);
    assert_eq!(mistakes(&pair(&server, &server), None), ["server.tls.key_file"]);
    assert_eq!(mistakes(&pair(&server, &path(&other, "server.key")), None), ["server.tls.key_file"]);
    assert_eq!(mistakes(&section(&authority, "client_ca_file = '/no/such/file'"), None), ["server.tls.client_ca_file"]);
    assert_eq!(mistakes(&section(&authority, "client_certificates = 'optional'"), None), ["server.tls.client_ca_file"]);
    let wrong = format!("client_ca_file = '{ca}'\nclient_certificates = 'maybe'\nciphers = 'all'");
    assert_eq!(mistakes(&section(&authority, &wrong), None), ["server.tls.ciphers", "server.tls.client_certificates"]);
    assert_eq!(mistakes(&section(&authority, ""), Some("bot.example.com")), ["clients[0].certificate_name"]);
    assert_eq!(mistakes(&mutual(&authority, ""), Some("not a name")), ["clients[0].certificate_name"]);
}
