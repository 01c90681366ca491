use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

fn config(mode: TaxIdentifierMode, write_key: &str, keys: &[(&str, u8)]) -> TaxIdentifierConfig {
    TaxIdentifierConfig {
        mode,
        write_key: Some(write_key.to_owned()),
        keys: keys.iter().map(|(id, byte)| ((*id).to_owned(), STANDARD.encode([*byte; 32]).into())).collect(),
    }
}

fn ciphers() -> [TaxIdentifiers; 2] {
    [TaxIdentifierMode::Aes256Gcm, TaxIdentifierMode::Aes256Cbc]
        .map(|mode| TaxIdentifiers::new(&config(mode, "new", &[("old", 1), ("new", 2)])).unwrap())
}

fn number(read: Result<TaxIdentifier, UnreadableTaxIdentifier>) -> Option<String> {
    match read {
        Ok(TaxIdentifier::Number(number)) => Some(number.expose_secret().to_owned()),
        Ok(TaxIdentifier::Token(_)) => panic!("a token"),
        Err(UnreadableTaxIdentifier) => None,
    }
}

/// From hexadecimal.
fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn gcm_known_answers() {
    // Made with OpenSSL 3 through Python's cryptography: AESGCM(key).encrypt(nonce, b"000-12-3456", None).
    let key: [u8; 32] = std::array::from_fn(|at| at as u8);
    let nonce: [u8; 12] = std::array::from_fn(|at| 0xa0 + at as u8);
    let expected = "a0a1a2a3a4a5a6a7a8a9aaabd6284c0074f92f8c5650b1302142f3a4caec0ffc796cbb53fb2362";
    let cipher = GcmKey::new(&key);
    assert_eq!(cipher.seal("000-12-3456", nonce), STANDARD.encode(bytes(expected)));
    assert_eq!(cipher.open(&STANDARD.encode(bytes(expected))).unwrap().expose_secret(), "000-12-3456");
    // The empty text under the key and nonce of zeros: test case 13 of the GCM specification (McGrew and Viega).
    let sealed = GcmKey::new(&[0; 32]).seal("", [0; 12]);
    assert_eq!(STANDARD.decode(sealed).unwrap()[12..], bytes("530f8afbc74536b9a963b4f1c4cb738b"));
}

#[test]
fn cbc_known_answers() {
    // Made with `openssl enc -aes-256-cbc`.
    let key: [u8; 32] = std::array::from_fn(|at| at as u8);
    let iv: [u8; 16] = std::array::from_fn(|at| 0xf0 + at as u8);
    let expected = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff7488f9b557ccd2ba4978bc53aa767183";
    let cipher = CbcKey::new(&key);
    assert_eq!(cipher.seal("000-12-3456", iv), STANDARD.encode(bytes(expected)));
    assert_eq!(cipher.open(&STANDARD.encode(bytes(expected))).unwrap().expose_secret(), "000-12-3456");
}

#[test]
fn opaque_passes_unchanged_in_both_directions() {
    let opaque = TaxIdentifiers::default();
    for sent in ["c2FtcGxlLXRheC1pZC0wMQ==", "000-12-3456", "anything at all"] {
        let Ok(TaxIdentifier::Token(token)) = opaque.read(sent) else { panic!("no token") };
        assert_eq!(token.expose_secret(), sent);
        assert_eq!(opaque.write(Some("number"), Some(sent)).as_deref(), Some(sent));
    }
    assert_eq!(opaque.write(Some("number"), None), None);
}

#[test]
fn a_rotation_reads_both_keys_and_writes_the_new_one() {
    for mode in [TaxIdentifierMode::Aes256Gcm, TaxIdentifierMode::Aes256Cbc] {
        let before = TaxIdentifiers::new(&config(mode, "old", &[("old", 1)])).unwrap();
        let during = TaxIdentifiers::new(&config(mode, "new", &[("old", 1), ("new", 2)])).unwrap();
        let after = TaxIdentifiers::new(&config(mode, "new", &[("new", 2)])).unwrap();
        let old = before.write(Some("000-12-3456"), None).unwrap();
        let new = during.write(Some("000-12-3456"), None).unwrap();
        assert_eq!(number(during.read(&old)).as_deref(), Some("000-12-3456"));
        assert_eq!(number(during.read(&new)).as_deref(), Some("000-12-3456"));
        assert_eq!(number(after.read(&new)).as_deref(), Some("000-12-3456"));
        assert_eq!(number(after.read(&old)), None);
        assert_eq!(number(before.read(&new)), None);
    }
}

#[test]
fn the_same_number_is_written_differently_each_time() {
    for codec in ciphers() {
        assert_ne!(codec.write(Some("000123456"), None), codec.write(Some("000123456"), None));
        assert_eq!(codec.write(None, Some("token")), None);
    }
}

#[test]
fn what_decrypts_to_something_else_than_a_number_is_refused() {
    for codec in ciphers() {
        for plain in ["", "00012345", "0001234567", "000-12-345", "00-012-3456", "00012345x", "٠٠٠١٢٣٤٥٦", "000 12 3456"] {
            let sent = codec.write(Some(plain), None).unwrap();
            assert_eq!(number(codec.read(&sent)), None, "{plain}");
        }
    }
}

#[test]
fn nothing_prints_a_number_a_token_or_a_key() {
    let config = config(TaxIdentifierMode::Aes256Gcm, "new", &[("new", 2)]);
    let codec = TaxIdentifiers::new(&config).unwrap();
    let sent = codec.write(Some("000-12-3456"), None).unwrap();
    let printed = format!(
        "{config:?} {codec:?} {:?} {:?} {:?}",
        codec.read(&sent),
        TaxIdentifiers::default().read("token-of-a-caller"),
        codec.read("new.AAAA"),
    );
    for secret in ["000-12", "token-of-a-caller", "AAAA", &STANDARD.encode([2; 32])] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn every_mistake_in_the_section_is_reported() {
    let problems = |config: &str| -> String {
        let config: TaxIdentifierConfig = toml::from_str(config).unwrap();
        let problems = TaxIdentifiers::new(&config).map(drop).err().unwrap_or_default();
        problems.iter().map(|problem| format!("{}: {}\n", problem.key, problem.reason)).collect()
    };
    insta::assert_snapshot!(
        [
            "",
            "mode = 'opaque'\nwrite_key = 'a'\nkeys = { a = 'AAAA' }",
            "mode = 'aes-256-gcm'",
            "mode = 'aes-256-cbc'\nwrite_key = 'c'\nkeys = { a = 'AAAA', 'b.b' = 'hunter2', '' = '' }",
        ]
        .map(problems)
        .join("--\n")
    );
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(digits in "[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}") {
        for codec in ciphers() {
            let sent = codec.write(Some(&digits), None).unwrap();
            prop_assert!(sent.is_ascii() && !sent.contains(&digits));
            prop_assert_eq!(number(codec.read(&sent)), Some(digits.clone()));
            prop_assert_eq!(number(codec.read(sent.trim_end_matches('='))), Some(digits.clone()));
        }
    }

    #[test]
    fn no_text_makes_it_panic_and_none_is_taken_for_a_number(sent in ".{0,300}|(new\\.)?[A-Za-z0-9+/]{0,120}={0,2}") {
        for codec in ciphers() {
            prop_assert_eq!(number(codec.read(&sent)), None);
        }
    }

    #[test]
    fn a_changed_bit_is_noticed(at in 0usize..39, bit in 0u8..8) {
        let codec = &ciphers()[0];
        let sent = codec.write(Some("000-12-3456"), None).unwrap();
        let (id, value) = sent.split_once('.').unwrap();
        let mut bytes = STANDARD.decode(value).unwrap();
        bytes[at] ^= 1 << bit;
        prop_assert_eq!(number(codec.read(&format!("{id}.{}", STANDARD.encode(bytes)))), None);
    }
}
