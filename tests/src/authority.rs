use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// A certificate and its private key.
pub type Identity = (CertificateDer<'static>, PrivateKeyDer<'static>);

/// A certificate authority for one test, with a folder of PEM files that goes when it is dropped. `ca.pem` is the authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
    directory: tempfile::TempDir,
}

impl Authority {
    /// One that nobody else has.
    ///
    /// # Panics
    /// If the machine has no random numbers or no room.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "each one is another, which a default should not be")]
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names are valid names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let authority = Self { issuer: Issuer::new(params, key), certificate, directory: tempfile::tempdir().expect("a folder") };
        authority.write("ca.pem", &authority.certificate.pem());
        authority
    }

    /// Writes `<file>.pem` and `<file>.key`: a new certificate for the host `name`, and its key.
    pub fn issue(&self, name: &str, file: &str) {
        let (certificate, key) = self.sign(name);
        self.write(&format!("{file}.pem"), &certificate.pem());
        self.write(&format!("{file}.key"), &key.serialize_pem());
    }

    /// A new certificate for the host `name`, in memory.
    ///
    /// # Panics
    /// If `name` cannot stand in a certificate.
    #[must_use]
    pub fn identity(&self, name: &str) -> Identity {
        let (certificate, key) = self.sign(name);
        (certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).expect("a key as it was written"))
    }

    fn sign(&self, name: &str) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        (params.signed_by(&key, &self.issuer).expect("a certificate"), key)
    }

    /// Writes a file of the folder.
    ///
    /// # Panics
    /// If there is no room for it.
    pub fn write(&self, file: &str, content: &str) {
        std::fs::write(self.path(file), content).expect("a file");
    }

    /// Where a file of the folder is, whether it is there or not.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join(file)
    }

    /// Trusts this authority and no other.
    ///
    /// # Panics
    /// Never: the certificate is one.
    #[must_use]
    pub fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).expect("a certificate");
        roots
    }

    /// A caller that trusts this authority, speaks `versions` and shows `identity`.
    ///
    /// # Panics
    /// If the identity's key does not belong to its certificate.
    #[must_use]
    pub fn client(&self, versions: &[&'static SupportedProtocolVersion], identity: Option<Identity>) -> ClientConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).expect("known versions");
        let builder = builder.with_root_certificates(self.roots());
        match identity {
            Some((certificate, key)) => builder.with_client_auth_cert(vec![certificate], key).expect("a pair"),
            None => builder.with_no_client_auth(),
        }
    }
}
