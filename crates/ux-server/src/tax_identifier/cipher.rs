//! The two ciphers, each over one key; what wraps the key's bytes wipes them when it is dropped.

use aes_gcm::aead::Aead as _;
use aes_gcm::aead::KeyInit as _;
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, InnerIvInit as _};
use secrecy::SecretString;

/// Length of a key of AES-256.
pub(super) const KEY_BYTES: usize = 32;
/// Length of a nonce of GCM, as NIST SP 800-38D recommends it.
pub(super) const NONCE_BYTES: usize = 12;
/// One block of AES.
pub(super) const IV_BYTES: usize = 16;

/// Longest value that is decrypted at all; a number takes 64 bytes at most.
const MOST_ENCODED: usize = 256;

const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// A key's bytes from its base64.
pub(super) fn key_bytes(encoded: &str) -> Option<[u8; KEY_BYTES]> {
    BASE64.decode(encoded.trim()).ok()?.try_into().ok()
}

/// Bytes from the operating system's generator.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    bytes
}

fn decode(encoded: &str) -> Option<Vec<u8>> {
    (encoded.len() <= MOST_ENCODED).then(|| BASE64.decode(encoded).ok()).flatten()
}

fn secret(plain: Vec<u8>) -> Option<SecretString> {
    String::from_utf8(plain).ok().map(SecretString::from)
}

/// AES-256-GCM under one key.
pub(super) struct GcmKey(Aes256Gcm);

impl GcmKey {
    pub(super) fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    /// `nonce` is never used twice with one key.
    pub(super) fn seal(&self, plain: &str, nonce: [u8; NONCE_BYTES]) -> String {
        let sealed = self.0.encrypt(&Nonce::from(nonce), plain.as_bytes()).expect("far below the cipher's limit of 64 GiB");
        BASE64.encode([&nonce, sealed.as_slice()].concat())
    }

    pub(super) fn open(&self, encoded: &str) -> Option<SecretString> {
        let bytes = decode(encoded)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        self.0.decrypt(&Nonce::from(*nonce), sealed).ok().and_then(secret)
    }
}

/// AES-256-CBC with PKCS #7 padding under one key.
pub(super) struct CbcKey(aes::Aes256);

impl CbcKey {
    pub(super) fn new(key: &[u8; KEY_BYTES]) -> Self {
        use aes::cipher::KeyInit as _;
        Self(aes::Aes256::new(key.into()))
    }

    /// `iv` cannot be predicted by whoever chooses `plain`.
    pub(super) fn seal(&self, plain: &str, iv: [u8; IV_BYTES]) -> String {
        let cipher = cbc::Encryptor::inner_iv_init(self.0.clone(), &iv.into());
        BASE64.encode([&iv, cipher.encrypt_padded_vec::<Pkcs7>(plain.as_bytes()).as_slice()].concat())
    }

    pub(super) fn open(&self, encoded: &str) -> Option<SecretString> {
        let bytes = decode(encoded)?;
        let (iv, sealed) = bytes.split_first_chunk::<IV_BYTES>()?;
        let cipher = cbc::Decryptor::inner_iv_init(self.0.clone(), &(*iv).into());
        cipher.decrypt_padded_vec::<Pkcs7>(sealed).ok().and_then(secret)
    }
}
