//! The calling clients: who they are, and what they may do.
//!
//! Secrets are issued random values of at least 128 bits, not passwords that people choose, so a salted SHA-256 is as
//! good as a slow hash: there is no dictionary to try, and every request pays for the comparison.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use rustls::pki_types::{CertificateDer, ServerName};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tmf666_model::codes::BusinessUnit;

use crate::error::ApiError;
use crate::param::{CLIENT_ID, CLIENT_SECRET};
use crate::quota::{QuotaUse, Quotas};
use crate::tls;

/// One client and what it may do.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secrets: SecretHashes,
    /// Empty: all.
    pub(crate) units: Vec<BusinessUnit>,
    /// Names of operations; empty: all.
    pub(crate) operations: Vec<String>,
    /// What the caller's certificate must be for.
    pub(crate) certificate_name: Option<ServerName<'static>>,
    pub(crate) quotas: Quotas,
}

impl Client {
    /// # Errors
    /// 403 unless both the unit and the operation are among those that the client may use.
    pub(crate) fn permit(&self, unit: &BusinessUnit, operation: &str) -> Result<(), ApiError> {
        let unit = self.units.is_empty() || self.units.contains(unit);
        let operation = self.operations.is_empty() || self.operations.iter().any(|name| name == operation);
        if unit && operation { Ok(()) } else { Err(ApiError::forbidden()) }
    }

    fn accepts_certificate(&self, certificate: Option<&CertificateDer<'_>>) -> bool {
        match &self.certificate_name {
            None => true,
            Some(name) => certificate.is_some_and(|certificate| tls::is_for(certificate, name)),
        }
    }
}

/// The clients by id.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    by_id: BTreeMap<String, Client>,
}

impl Clients {
    pub(crate) fn new(clients: Vec<Client>) -> Self {
        Self { by_id: clients.into_iter().map(|client| (client.id.clone(), client)).collect() }
    }

    /// Takes over what was used up of the quotas that are still the same.
    pub(crate) fn go_on_from(&mut self, earlier: &Self) {
        for client in self.by_id.values_mut() {
            if let Some(before) = earlier.by_id.get(&client.id) {
                client.quotas.go_on_from(&before.quotas);
            }
        }
    }

    /// What is used up of the quotas, by client.
    pub(crate) fn quotas(&self, since_start: Duration) -> Vec<QuotaUse> {
        self.by_id.values().flat_map(|client| client.quotas.used(&client.id, since_start)).collect()
    }

    /// All of them, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Client> {
        self.by_id.values()
    }

    /// The client whose id and secret the headers carry, from a caller who showed `certificate`. An unknown id costs the
    /// same as a wrong secret.
    ///
    /// # Errors
    /// 401, the same whatever was wrong.
    pub(crate) fn authenticate(&self, headers: &HeaderMap, certificate: Option<&CertificateDer<'_>>) -> Result<&Client, ApiError> {
        let id = CLIENT_ID.header_values(headers).next();
        let client = id.and_then(|id| std::str::from_utf8(id).ok()).and_then(|id| self.by_id.get(id));
        let secret = CLIENT_SECRET.header_values(headers).next().unwrap_or_default();
        match client {
            Some(client) if client.secrets.accept(secret) && client.accepts_certificate(certificate) => Ok(client),
            Some(_) => Err(ApiError::unauthenticated()),
            None => {
                SecretHashes::NOBODY.accept(secret);
                Err(ApiError::unauthenticated())
            }
        }
    }
}

/// The hashes of the one or two secrets that a client may use: two while it changes from one to the next.
#[derive(Debug, Clone)]
pub(crate) struct SecretHashes(SecretHash, Option<SecretHash>);

impl SecretHashes {
    const NOBODY: Self = Self(SecretHash::NOBODY, None);

    pub(crate) fn new(first: SecretHash, second: Option<SecretHash>) -> Self {
        Self(first, second)
    }

    /// Whoever is refused has cost two hashes, so that the time tells neither whether the id exists nor how many
    /// secrets it has. Whoever is accepted has nothing left to find out.
    fn accept(&self, secret: &[u8]) -> bool {
        self.0.accepts(secret) || self.1.as_ref().unwrap_or(&SecretHash::NOBODY).accepts(secret)
    }
}

/// Salted SHA-256 of one secret, written `sha256$<salt>$<digest>` in hexadecimal.
#[derive(Clone)]
pub(crate) struct SecretHash {
    salt: [u8; SALT_BYTES],
    digest: [u8; 32],
}

const SALT_BYTES: usize = 16;

impl SecretHash {
    /// No secret is known that has this digest.
    const NOBODY: Self = Self { salt: [0; SALT_BYTES], digest: [0; 32] };

    pub(crate) fn of(secret: &[u8], salt: [u8; SALT_BYTES]) -> Self {
        Self { salt, digest: digest(&salt, secret) }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (salt, digest) = text.strip_prefix("sha256$")?.split_once('$')?;
        Some(Self { salt: from_hex(salt)?, digest: from_hex(digest)? })
    }

    fn accepts(&self, secret: &[u8]) -> bool {
        digest(&self.salt, secret).ct_eq(&self.digest).into()
    }
}

fn digest(salt: &[u8], secret: &[u8]) -> [u8; 32] {
    #[cfg(test)]
    tests::HASHES_MADE.set(tests::HASHES_MADE.get() + 1);
    Sha256::new().chain_update(salt).chain_update(secret).finalize().into()
}

fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The written form; a hash is no secret, but nothing prints it besides `hash-secret`.
impl fmt::Display for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = |f: &mut fmt::Formatter<'_>, bytes: &[u8]| bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        f.write_str("sha256$")?;
        hex(f, &self.salt)?;
        f.write_str("$")?;
        hex(f, &self.digest)
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        pub(super) static HASHES_MADE: Cell<usize> = const { Cell::new(0) };
    }

    fn client(secrets: SecretHashes) -> Clients {
        Clients::new(vec![Client {
            id: "bot".into(),
            secrets,
            units: vec![BusinessUnit::Pr],
            operations: vec!["accounts".into()],
            certificate_name: None,
            quotas: Quotas::default(),
        }])
    }

    fn headers(id: &str, secret: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("client_id", id.parse().unwrap());
        headers.insert("client_secret", secret.parse().unwrap());
        headers
    }

    #[test]
    fn both_secrets_of_a_rotation_are_accepted_and_no_other() {
        let clients = client(SecretHashes::new(SecretHash::of(b"old", [1; 16]), Some(SecretHash::of(b"new", [2; 16]))));
        for (id, secret, right) in [
            ("bot", "old", true),
            ("bot", "new", true),
            ("bot", "older", false),
            ("bot", "", false),
            ("BOT", "old", false),
            ("", "", false),
        ] {
            assert_eq!(clients.authenticate(&headers(id, secret), None).is_ok(), right, "{id} {secret}");
        }
        assert!(clients.authenticate(&HeaderMap::new(), None).is_err());
    }

    /// Counted, because time would only tell on a quiet machine; that digests are compared in constant time is `subtle`'s.
    #[test]
    fn whoever_is_refused_has_cost_the_same() {
        let one = client(SecretHashes::new(SecretHash::of(b"old", [1; 16]), None));
        let two = client(SecretHashes::new(SecretHash::of(b"old", [1; 16]), Some(SecretHash::of(b"new", [2; 16]))));
        for clients in [one, two] {
            for headers in [headers("nobody", "old"), headers("bot", "wrong"), headers("bot", ""), HeaderMap::new()] {
                HASHES_MADE.set(0);
                assert!(clients.authenticate(&headers, None).is_err());
                assert_eq!(HASHES_MADE.get(), 2, "{headers:?}");
            }
        }
    }

    #[test]
    fn a_hash_reads_back_what_it_writes() {
        let written = SecretHash::of(b"a secret", [7; 16]).to_string();
        assert!(SecretHash::parse(&written).unwrap().accepts(b"a secret"));
        for broken in ["", "sha256$", "sha256$00$00", "md5$00$00", &written[1..], &written.replace('7', "g")] {
            assert!(SecretHash::parse(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn permissions_cover_unit_and_operation() {
        let clients = client(SecretHashes::new(SecretHash::of(b"s", [1; 16]), None));
        let client = clients.authenticate(&headers("bot", "s"), None).unwrap();
        assert!(client.permit(&BusinessUnit::Pr, "accounts").is_ok());
        assert!(client.permit(&BusinessUnit::Jm, "accounts").is_err());
        assert!(client.permit(&BusinessUnit::Pr, "balanceEnquiry").is_err());
    }
}
