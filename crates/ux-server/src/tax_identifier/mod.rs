//! Tax identifiers as callers send and receive them: opaque tokens, or the number under one of two ciphers.
//!
//! | mode | what a caller holds | what the billing system is asked with |
//! |---|---|---|
//! | `opaque` | the billing system's own token | the same token |
//! | `aes-256-gcm` | `<key id>.<base64(nonce ‖ ciphertext ‖ tag)>` | the number |
//! | `aes-256-cbc` | `base64(iv ‖ ciphertext)`, padded by PKCS #7 | the number |
//!
//! Nonce (12 bytes) and iv (16 bytes) are random for each value. Neither form has associated data; base64 is the
//! standard alphabet, with or without its padding. A number is nine digits, or written `000-00-0000`.
//!
//! All keys read; the one named by `write_key` writes. So a rotation adds the new key, makes it the writing one once
//! every reader has it, and takes the old one out when nobody sends its values any more. GCM is the one to choose: CBC
//! says nothing about who made a value, and is here for callers that already encrypt so.
//!
//! Neither a number, nor a token, nor a key is ever printed: not by `Debug`, not in an error, not in a log line.

mod cipher;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use backends_http::ConfigProblem;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use cipher::{CbcKey, GcmKey};

/// How tax identifiers travel between callers and this gateway: section `[tax_identifier]` of the configuration file
/// (this project's own contract). Without the section they are opaque.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxIdentifierConfig {
    /// `opaque`, `aes-256-gcm` or `aes-256-cbc`.
    #[serde(default)]
    pub mode: TaxIdentifierMode,
    /// Id of the key that new values are encrypted with. Only with a cipher.
    #[serde(default)]
    pub write_key: Option<String>,
    /// The keys by id (1 to 32 letters, digits, `-` and `_`): 32 random bytes in base64. Only with a cipher.
    #[serde(default)]
    pub keys: BTreeMap<String, SecretString>,
}

/// The form of a tax identifier outside the billing system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum TaxIdentifierMode {
    /// The billing system's own token, passed on unchanged.
    #[default]
    #[serde(rename = "opaque")]
    Opaque,
    /// The number under AES-256-GCM, with the id of its key.
    #[serde(rename = "aes-256-gcm")]
    Aes256Gcm,
    /// The number under AES-256-CBC with PKCS #7 padding.
    #[serde(rename = "aes-256-cbc")]
    Aes256Cbc,
}

/// What a billing system is asked with.
#[derive(Debug)]
pub enum TaxIdentifier {
    /// The system's token for the number, as the caller sent it.
    Token(SecretString),
    /// The number itself.
    Number(SecretString),
}

/// What was sent is no tax identifier of the configured form. There is one reason for all causes, so that a caller
/// cannot find out by trying what a value decrypts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tax identifier of the configured form")]
pub struct UnreadableTaxIdentifier;

/// Reads and writes tax identifiers. Clones share the keys.
#[derive(Clone)]
pub struct TaxIdentifiers(Arc<Codec>);

enum Codec {
    Opaque,
    /// The writing key first.
    Gcm(Vec<(String, GcmKey)>),
    /// The writing key first.
    Cbc(Vec<CbcKey>),
}

impl TaxIdentifiers {
    /// Takes the configured keys.
    ///
    /// # Errors
    /// Every mistake in `config`, with keys below `tax_identifier`.
    pub fn new(config: &TaxIdentifierConfig) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let keys = config.checked_keys(&mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self(Arc::new(match config.mode {
            TaxIdentifierMode::Opaque => Codec::Opaque,
            TaxIdentifierMode::Aes256Gcm => Codec::Gcm(keys.into_iter().map(|(id, key)| (id.to_owned(), GcmKey::new(&key))).collect()),
            TaxIdentifierMode::Aes256Cbc => Codec::Cbc(keys.into_iter().map(|(_, key)| CbcKey::new(&key)).collect()),
        })))
    }

    /// What a caller sent, made into what a billing system is asked with.
    ///
    /// # Errors
    /// [`UnreadableTaxIdentifier`] if it does not decrypt to a number under any key; never while opaque.
    pub fn read(&self, sent: &str) -> Result<TaxIdentifier, UnreadableTaxIdentifier> {
        let number = match &*self.0 {
            Codec::Opaque => return Ok(TaxIdentifier::Token(sent.into())),
            Codec::Gcm(keys) => {
                let (id, value) = sent.split_once('.').ok_or(UnreadableTaxIdentifier)?;
                let (_, key) = keys.iter().find(|(known, _)| known == id).ok_or(UnreadableTaxIdentifier)?;
                key.open(value)
            }
            // The form has no room for the id of a key; a wrong key gives nine digits by chance less than once in 10^14.
            Codec::Cbc(keys) => keys.iter().find_map(|key| key.open(sent).filter(is_number)),
        };
        number.filter(is_number).map(TaxIdentifier::Number).ok_or(UnreadableTaxIdentifier)
    }

    /// What the billing system holds, made into what a caller may have: the token while opaque, else the number
    /// encrypted. `None` where the system does not hold the one that is needed.
    pub fn write(&self, number: Option<&str>, token: Option<&str>) -> Option<String> {
        match &*self.0 {
            Codec::Opaque => token.map(str::to_owned),
            Codec::Gcm(keys) => {
                let (id, key) = keys.first()?;
                Some(format!("{id}.{}", key.seal(number?, cipher::random())))
            }
            Codec::Cbc(keys) => Some(keys.first()?.seal(number?, cipher::random())),
        }
    }
}

impl Default for TaxIdentifiers {
    /// Opaque.
    fn default() -> Self {
        Self(Arc::new(Codec::Opaque))
    }
}

impl fmt::Debug for TaxIdentifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0 {
            Codec::Opaque => "TaxIdentifiers(opaque)",
            Codec::Gcm(_) => "TaxIdentifiers(aes-256-gcm)",
            Codec::Cbc(_) => "TaxIdentifiers(aes-256-cbc)",
        })
    }
}

/// Nine digits, or `000-00-0000`.
fn is_number(plain: &SecretString) -> bool {
    let bytes = plain.expose_secret().as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    match bytes.len() {
        9 => digits(0..9),
        11 => digits(0..3) && bytes[3] == b'-' && digits(4..6) && bytes[6] == b'-' && digits(7..11),
        _ => false,
    }
}

impl TaxIdentifierConfig {
    /// The keys with their bytes, the writing one first; complete only if no problem was added.
    fn checked_keys(&self, problems: &mut Vec<ConfigProblem>) -> Vec<(&str, [u8; cipher::KEY_BYTES])> {
        let mut problem = |key: &str, reason: &str| {
            problems.push(ConfigProblem { key: format!("tax_identifier.{key}"), reason: reason.to_owned() });
        };
        if self.mode == TaxIdentifierMode::Opaque {
            if self.write_key.is_some() {
                problem("write_key", "has no meaning while mode is opaque");
            }
            if !self.keys.is_empty() {
                problem("keys", "have no meaning while mode is opaque");
            }
            return Vec::new();
        }
        match &self.write_key {
            None => problem("write_key", "is missing: the id of one of the keys"),
            Some(id) if !self.keys.contains_key(id) => problem("write_key", "is not the id of one of the keys"),
            Some(_) => {}
        }
        let mut keys = Vec::new();
        for (id, secret) in &self.keys {
            let place = format!("keys.{id}");
            if !is_key_id(id) {
                problem(&place, "an id has 1 to 32 letters, digits, `-` and `_`");
            }
            match cipher::key_bytes(secret.expose_secret()) {
                Some(bytes) => keys.push((id.as_str(), bytes)),
                None => problem(&place, "32 bytes in base64 are expected"),
            }
        }
        keys.sort_by_key(|(id, _)| Some(*id) != self.write_key.as_deref());
        keys
    }
}

fn is_key_id(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests;
