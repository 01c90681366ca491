use std::sync::LazyLock;

use secrecy::{ExposeSecret as _, SecretString};
use ux_server::tax_identifier::{TaxIdentifier, TaxIdentifierConfig, TaxIdentifierMode, TaxIdentifiers};

static CODECS: LazyLock<[TaxIdentifiers; 2]> = LazyLock::new(|| [codec(TaxIdentifierMode::Aes256Gcm), codec(TaxIdentifierMode::Aes256Cbc)]);

fn codec(mode: TaxIdentifierMode) -> TaxIdentifiers {
    let key = |byte: &str| SecretString::from(format!("{}=", byte.repeat(43)));
    let keys = [("new".to_owned(), key("A")), ("old".to_owned(), key("E"))].into();
    TaxIdentifiers::new(&TaxIdentifierConfig { mode, write_key: Some("new".to_owned()), keys }).expect("two keys of 32 bytes")
}

/// Any text is decoded to a number or refused; a number that was encoded is decoded to itself, and to nothing once a byte of
/// it has changed (GCM).
pub fn tax_identifier(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for codec in CODECS.iter() {
        if let Ok(identifier) = codec.read(&text) {
            assert!(is_number(&number(&identifier)), "decoded to something that is no number");
        }
        let written = codec.write(Some(&text), None).expect("a number is there");
        assert!(written.len() <= 2 * text.len() + 96, "{} bytes for {}", written.len(), text.len());
        match codec.read(&written) {
            Ok(again) => assert_eq!(number(&again), text, "another number"),
            Err(_) => assert!(!is_number(&text), "a number is not decoded again"),
        }
    }
    damaged(&CODECS[0], data);
}

/// The first bytes say where and how a sealed value is changed.
fn damaged(gcm: &TaxIdentifiers, data: &[u8]) {
    let [at, to, ..] = *data else { return };
    let mut written = gcm.write(Some("100000001"), None).expect("a number is there").into_bytes();
    let at = usize::from(at) % written.len();
    if written[at] == to {
        return;
    }
    written[at] = to;
    let text = String::from_utf8_lossy(&written);
    // Only padding and the unused bits before it may be written in another way.
    let is_padding = at + 4 >= written.len();
    assert!(gcm.read(&text).is_err() || is_padding, "a changed value is believed");
}

fn number(identifier: &TaxIdentifier) -> String {
    match identifier {
        TaxIdentifier::Token(text) | TaxIdentifier::Number(text) => text.expose_secret().to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    shape == "999999999" || shape == "999-99-9999"
}
