//! PEM files that configurations name: certificates, private keys, authorities. The reasons quote nothing of a file.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Every certificate of the file, at least one.
///
/// # Errors
/// Why it cannot be used, for whoever wrote the configuration.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err("holds no certificate".to_owned()),
        Err(error) => Err(format!("cannot be read as PEM certificates: {error}")),
    }
}

/// The first private key of the file.
///
/// # Errors
/// That it cannot be read, without the reason, which could quote the file.
pub fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path).map_err(|_| "cannot be read as a PEM private key".to_owned())
}

/// A store that trusts the certificates of the file and no others.
///
/// # Errors
/// Why it cannot be used, for whoever wrote the configuration.
pub fn authorities(path: &Path) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(path)? {
        store.add(certificate).map_err(|error| format!("holds a certificate that cannot be used: {error}"))?;
    }
    Ok(store)
}
