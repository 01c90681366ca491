//! TLS, client certificates and the proxy.

use std::sync::Arc;

use backends_http::{BackendError, Kind, Outage, SystemConfig};
use contract_tests::Authority;
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Bench;
use crate::server::{Server, answer};

/// An authority, and the files of a client that is known to it.
fn authority() -> Authority {
    let authority = Authority::new();
    authority.issue("gateway", "client");
    authority
}

/// A system at `localhost` that answers one request per connection, to clients of this authority only if asked to.
async fn serve(authority: &Authority, wants_certificate: bool) -> u16 {
    let (certificate, key) = authority.identity("localhost");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
    let builder = if wants_certificate {
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authority.roots()), provider).build().unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_single_cert(vec![certificate], key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = [0; 4096];
                if stream.read(&mut request).await.unwrap_or(0) > 0 {
                    let _ = stream.write_all(answer("200 OK", "connection: close\r\n", "yes").as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    port
}

fn bench(port: u16, change: impl FnOnce(&mut SystemConfig)) -> Bench {
    Bench::new("127.0.0.1", |config| {
        config.base_url = format!("https://localhost:{port}");
        config.retries = 0;
        change(config);
    })
}

#[tokio::test]
async fn only_the_named_authorities_are_trusted() {
    let authority = authority();
    let port = serve(&authority, false).await;
    let trusting = bench(port, |config| config.ca_file = Some(authority.path("ca.pem")));
    assert_eq!(trusting.call(Kind::Write).await.unwrap(), "yes");

    let other = Authority::new();
    let distrusting = bench(port, |config| config.ca_file = Some(other.path("ca.pem")));
    let error = distrusting.call(Kind::Write).await.unwrap_err();
    assert!(matches!(error, BackendError::Unavailable { outage: Outage::ConnectFailed, .. }), "{error:?}");
    assert!(format!("{error:?}").contains("InvalidCertificate"), "the operator sees why: {error:?}");

    let wrong_name = Bench::new("127.0.0.1", |config| {
        config.base_url = format!("https://127.0.0.1:{port}");
        config.ca_file = Some(authority.path("ca.pem"));
    });
    assert_eq!(wrong_name.call(Kind::Write).await.unwrap_err().class(), "connect_failed");
}

#[tokio::test]
async fn a_system_can_ask_who_we_are() {
    let authority = authority();
    let port = serve(&authority, true).await;
    let known = bench(port, |config| {
        config.ca_file = Some(authority.path("ca.pem"));
        config.client_certificate_file = Some(authority.path("client.pem"));
        config.client_key_file = Some(authority.path("client.key"));
    });
    assert_eq!(known.call(Kind::Write).await.unwrap(), "yes");
    let unknown = bench(port, |config| config.ca_file = Some(authority.path("ca.pem")));
    assert!(unknown.call(Kind::Write).await.is_err());
}

/// A proxy that connects to whatever it is asked for, and keeps the first line of what it was sent.
async fn proxy() -> Server {
    Server::start(|_, mut peer| async move {
        let Some(request) = peer.request().await else { return };
        let target = request.split(' ').nth(1).unwrap().to_owned();
        let mut system = TcpStream::connect(target.replace("localhost", "127.0.0.1")).await.unwrap();
        peer.send("HTTP/1.1 200 Connected\r\n\r\n").await;
        let _ = tokio::io::copy_bidirectional(peer.stream(), &mut system).await;
    })
    .await
}

#[tokio::test]
async fn a_proxy_is_asked_to_connect() {
    let authority = authority();
    let port = serve(&authority, false).await;
    let proxy = proxy().await;
    let through = bench(port, |config| {
        config.ca_file = Some(authority.path("ca.pem"));
        config.proxy = Some(format!("http://{}", proxy.address));
    });
    assert_eq!(through.call(Kind::Read).await.unwrap(), "yes");
    assert!(proxy.requests()[0].starts_with(&format!("CONNECT localhost:{port} HTTP/1.1\r\n")), "{:?}", proxy.requests());

    let plain = Server::answering(answer("200 OK", "", "yes")).await;
    let through = Bench::new(&plain.address, |config| config.proxy = Some(format!("http://{}", proxy.address)));
    assert_eq!(through.call(Kind::Read).await.unwrap(), "yes");
    assert_eq!(proxy.requests().len(), 2);
}

#[tokio::test]
async fn a_handshake_that_never_ends_has_a_limit() {
    let silent = Server::start(|_, peer| async move {
        let _peer = peer;
        std::future::pending::<()>().await;
    })
    .await;
    let authority = authority();
    let port = silent.address.rsplit(':').next().unwrap().parse().unwrap();
    let bench = bench(port, |config| {
        config.ca_file = Some(authority.path("ca.pem"));
        config.connect_timeout_ms = 30;
    });
    assert_eq!(bench.call(Kind::Write).await.unwrap_err().class(), "connect_failed");
}

#[test]
fn mistakes_are_told_by_their_keys() {
    let authority = authority();
    authority.write("empty.pem", "");
    let mistakes = |change: &dyn Fn(&mut SystemConfig)| {
        let mut config = SystemConfig::new("https://localhost");
        config.ca_file = Some(authority.path("ca.pem"));
        change(&mut config);
        let mut problems = Vec::new();
        config.check("x", &mut problems);
        problems.into_iter().map(|problem| problem.key).collect::<Vec<_>>()
    };
    assert!(mistakes(&|_| {}).is_empty());
    assert_eq!(mistakes(&|config| config.ca_file = Some(authority.path("missing.pem"))), ["x.ca_file"]);
    assert_eq!(mistakes(&|config| config.ca_file = Some(authority.path("empty.pem"))), ["x.ca_file"]);
    assert_eq!(mistakes(&|config| config.client_key_file = Some(authority.path("client.key"))), ["x.client_certificate_file"]);
    assert_eq!(mistakes(&|config| config.client_certificate_file = Some(authority.path("client.pem"))), ["x.client_key_file"]);
    assert_eq!(
        mistakes(&|config| {
            config.client_certificate_file = Some(authority.path("client.pem"));
            config.client_key_file = Some(authority.path("ca.pem"));
        }),
        ["x.client_key_file"]
    );
    assert_eq!(mistakes(&|config| config.base_url = "http://localhost".to_owned()), ["x.ca_file"]);
    for proxy in ["proxy:3128", "https://proxy:3128", "http://user:secret@proxy:3128", "http://proxy/path"] {
        assert_eq!(mistakes(&|config| config.proxy = Some(proxy.to_owned())), ["x.proxy"], "{proxy}");
    }
}
