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

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use rustls_pki_types::SubjectPublicKeyInfoDer;
    use rustls_pki_types::pem::PemObject as _;
    use secrecy::SecretString;

    use super::Signer;

    const PUBLIC_KEY: &str = include_str!("../tests/fixtures/jwt-key.public.pem");

    #[test]
    fn an_assertion_is_signed_and_short_lived() {
        for private_key in [include_str!("../tests/fixtures/jwt-key.pkcs8.pem"), include_str!("../tests/fixtures/jwt-key.pkcs1.pem")] {
            let key = SecretString::from(private_key);
            let signer = Signer::new("consumer-key", "user@example.com", "https://login.salesforce.com", &key).unwrap();
            let assertion = signer.assertion(UNIX_EPOCH + Duration::from_secs(1_700_000_000));

            let (signed, signature) = assertion.rsplit_once('.').unwrap();
            let key = SubjectPublicKeyInfoDer::from_pem_slice(PUBLIC_KEY.as_bytes()).unwrap();
            // The key itself follows the 24 bytes that say that it is an RSA key.
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.as_ref()[24..]);
            key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();

            let (_, claims) = signed.split_once('.').unwrap();
            let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
            let expected = serde_json::json!({
                "iss": "consumer-key", "sub": "user@example.com", "aud": "https://login.salesforce.com", "exp": 1_700_000_150_u64,
            });
            assert_eq!(claims, expected);
        }
    }
}
