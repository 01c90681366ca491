//! The assertion of the JWT bearer flow (RFC 7523), signed RS256.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

/// Salesforce accepts at most three minutes.
const LIFETIME: Duration = Duration::from_secs(150);

/// Signs assertions.
pub(crate) struct Signer {
    key: KeyPair,
    claims: Claims,
}

#[derive(Clone, Serialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    exp: u64,
}

impl Signer {
    /// Reads the key: PEM, an RSA key of at least 2048 bits, PKCS #8 or PKCS #1.
    pub(crate) fn new(client_id: &str, user: &str, audience: &str, private_key: &SecretString) -> Result<Self, &'static str> {
        let pem =
            PrivateKeyDer::from_pem_slice(private_key.expose_secret().as_bytes()).map_err(|_| "a private key in PEM form is expected")?;
        let key = match &pem {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err("an RSA key is expected"),
        };
        let key = key.map_err(|_| "an RSA key of at least 2048 bits is expected")?;
        let claims = Claims { iss: client_id.to_owned(), sub: user.to_owned(), aud: audience.to_owned(), exp: 0 };
        Ok(Self { key, claims })
    }

    /// An assertion that is good for the next minutes.
    pub(crate) fn assertion(&self, now: SystemTime) -> String {
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let claims = Claims { exp: (since_epoch + LIFETIME).as_secs(), ..self.claims.clone() };
        let claims = serde_json::to_vec(&claims).expect("texts and a number can be written as JSON");
        let mut assertion = URL_SAFE_NO_PAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
        assertion.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut assertion);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), assertion.as_bytes(), &mut signature)
            .expect("a key that could be read signs, and the buffer has its length");
        assertion.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut assertion);
        assertion
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}
