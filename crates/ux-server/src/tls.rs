//! TLS towards callers, section `[server.tls]` (this project's own contract): which certificate we show, and whether
//! callers must show one too.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use backends_http::{ConfigProblem, pem};
use rustls::ServerConfig;
use rustls::client::verify_server_name;
use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// `[server.tls]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsSection {
    /// PEM file with our certificate and the chain to its authority.
    certificate_file: PathBuf,
    /// PEM file with the private key of that certificate.
    key_file: PathBuf,
    /// PEM file with the authorities that may vouch for callers. Without it nobody is asked for a certificate.
    #[serde(default)]
    client_ca_file: Option<PathBuf>,
    /// Whether callers must show a certificate; they must if left out. Only beside `client_ca_file`.
    #[serde(default)]
    client_certificates: Option<ClientCertificates>,
}

/// Whether callers must show a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ClientCertificates {
    /// Whoever shows none is not let in.
    Required,
    /// Whoever shows none is let in, except as a client that has a `certificate_name`.
    Optional,
}

impl TlsSection {
    pub(crate) fn asks_for_certificates(&self) -> bool {
        self.client_ca_file.is_some()
    }

    /// TLS 1.2 and 1.3 as the section wants it. Reads the files that it names and adds every mistake to `problems`.
    pub(crate) fn acceptor(&self, problems: &mut Vec<ConfigProblem>) -> Option<TlsAcceptor> {
        let mut mistake = |(key, reason): (&str, String)| problems.push(ConfigProblem { key: format!("server.tls.{key}"), reason });
        let verifier = self.verifier().map_err(&mut mistake);
        let chain = pem::certificates(&self.certificate_file).map_err(|reason| mistake(("certificate_file", reason)));
        let key = pem::private_key(&self.key_file).map_err(|reason| mistake(("key_file", reason)));
        let (Ok(verifier), Ok(chain), Ok(key)) = (verifier, chain, key) else {
            return None;
        };
        let tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has the cipher suites of both versions")
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key);
        let mut tls = tls.map_err(|error| mistake(why_not_a_pair(&error))).ok()?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Tickets of its own for each configuration: one given before an authority was taken out opens nothing any more.
        tls.ticketer = Ticketer::new().map_err(|error| mistake(("key_file", format!("no random numbers: {error}")))).ok()?;
        Some(TlsAcceptor::from(Arc::new(tls)))
    }

    fn verifier(&self) -> Result<Arc<dyn ClientCertVerifier>, (&'static str, String)> {
        let Some(path) = &self.client_ca_file else {
            return match self.client_certificates {
                None => Ok(WebPkiClientVerifier::no_client_auth()),
                Some(_) => Err(("client_ca_file", "is needed beside client_certificates".to_owned())),
            };
        };
        let mistake = |reason| ("client_ca_file", reason);
        let authorities = Arc::new(pem::authorities(path).map_err(mistake)?);
        let builder = WebPkiClientVerifier::builder_with_provider(authorities, Arc::new(default_provider()));
        let builder = match self.client_certificates {
            Some(ClientCertificates::Optional) => builder.allow_unauthenticated(),
            _ => builder,
        };
        builder.build().map_err(|error| mistake(error.to_string()))
    }
}

fn why_not_a_pair(error: &rustls::Error) -> (&'static str, String) {
    match error {
        rustls::Error::InconsistentKeys(_) => ("key_file", "does not belong to the certificate".to_owned()),
        other => ("certificate_file", format!("cannot be used: {other}")),
    }
}

/// Why a connection did not come to speak HTTP.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error("the caller took too long")]
    TooSlow,
    #[error("the handshake failed")]
    Failed(#[from] std::io::Error),
}

/// The connection once both sides know whom they speak to, which takes `within` at most.
pub(crate) async fn handshake(tls: &TlsAcceptor, stream: TcpStream, within: Duration) -> Result<Box<TlsStream<TcpStream>>, HandshakeError> {
    match tokio::time::timeout(within, tls.accept(stream)).await {
        Ok(done) => Ok(Box::new(done?)),
        Err(_) => Err(HandshakeError::TooSlow),
    }
}

/// The certificate that the caller showed, already held against the authorities.
pub(crate) fn certificate_of(stream: &TlsStream<TcpStream>) -> Option<CertificateDer<'static>> {
    let (_, connection) = stream.get_ref();
    connection.peer_certificates()?.first().map(|certificate| certificate.clone().into_owned())
}

/// Whether `name` is among the subject alternative names of the certificate.
pub(crate) fn is_for(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    ParsedCertificate::try_from(certificate).is_ok_and(|certificate| verify_server_name(&certificate, name).is_ok())
}
