//! Whom we trust to be a system, and who we are to it.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::config::SystemConfig;

/// A key of the configuration, and what is wrong with it.
pub(crate) type Mistake = (&'static str, String);

/// TLS 1.2 and 1.3 as `config` wants it. Reads the files it names.
pub(crate) fn client_config(config: &SystemConfig) -> Result<Arc<ClientConfig>, Mistake> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the cipher suites of both versions")
        .with_root_certificates(authorities(config)?);
    let tls = match (&config.client_certificate_file, &config.client_key_file) {
        (Some(certificate), Some(key)) => builder
            .with_client_auth_cert(certificates("client_certificate_file", certificate)?, private_key("client_key_file", key)?)
            .map_err(|error| ("client_certificate_file", format!("cannot be used with the key: {error}")))?,
        (None, None) => builder.with_no_client_auth(),
        (Some(_), None) => return Err(("client_key_file", "is needed beside client_certificate_file".to_owned())),
        (None, Some(_)) => return Err(("client_certificate_file", "is needed beside client_key_file".to_owned())),
    };
    Ok(Arc::new(tls))
}

/// For a system that is spoken to without TLS.
pub(crate) fn unused() -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the cipher suites of both versions")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Arc::new(tls)
}

/// The authorities of `ca_file` and no others, or those that this machine trusts.
fn authorities(config: &SystemConfig) -> Result<RootCertStore, Mistake> {
    let mut store = RootCertStore::empty();
    match &config.ca_file {
        Some(path) => {
            for certificate in certificates("ca_file", path)? {
                store.add(certificate).map_err(|error| ("ca_file", format!("holds a certificate that cannot be used: {error}")))?;
            }
        }
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if store.is_empty() {
                return Err(("ca_file", "is needed: this machine trusts no authority of its own".to_owned()));
            }
        }
    }
    Ok(store)
}

fn certificates(key: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Mistake> {
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err((key, "holds no certificate".to_owned())),
        Err(error) => Err((key, format!("cannot be read as PEM certificates: {error}"))),
    }
}

fn private_key(key: &'static str, path: &Path) -> Result<PrivateKeyDer<'static>, Mistake> {
    // The reason could quote the file, which is secret.
    PrivateKeyDer::from_pem_file(path).map_err(|_| (key, "cannot be read as a PEM private key".to_owned()))
}
