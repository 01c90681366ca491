//! Whom we trust to be a system, and who we are to it.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use crate::config::SystemConfig;
use crate::pem;

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
        (Some(certificate), Some(key)) => {
            let chain = pem::certificates(certificate).map_err(|reason| ("client_certificate_file", reason))?;
            let key = pem::private_key(key).map_err(|reason| ("client_key_file", reason))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| ("client_certificate_file", format!("cannot be used with the key: {error}")))?
        }
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
    if let Some(path) = &config.ca_file {
        return pem::authorities(path).map_err(|reason| ("ca_file", reason));
    }
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        return Err(("ca_file", "is needed: this machine trusts no authority of its own".to_owned()));
    }
    Ok(store)
}
