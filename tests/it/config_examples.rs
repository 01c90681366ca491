//! The example configurations in `deploy/config`: right as they are, right with every key switched on, and complete.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use contract_tests::binary;

const CHANNELS: [&str; 4] = ["bot-ux", "sfdc-ux", "dxp-ux", "wfm-ux"];

/// What the examples take from the environment.
const SECRETS: [(&str, &str); 13] = [
    ("CHAT_BOT_SECRET_HASH", HASH),
    ("AGENT_DESKTOP_SECRET_HASH", HASH),
    ("CUSTOMER_APP_SECRET_HASH", HASH),
    ("TECHNICIANS_SECRET_HASH", HASH),
    ("CSG_PASSWORD", "a password"),
    ("LIBERATE_PASSWORD", "a password"),
    ("CERILLION_CLIENT_SECRET", "a secret"),
    ("ARIA_AUTH_KEY", "0123456789abcdef0123456789abcdef"),
    ("AMDOCS_API_KEY", "a-key"),
    ("SALESFORCE_CLIENT_SECRET", "a secret"),
    ("TMF666_TOKEN", "a-token"),
    ("QUOTA_STORE_URL", "rediss://redis.example.com"),
    ("TAX_IDENTIFIER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
];
const HASH: &str = "sha256$000102030405060708090a0b0c0d0e0f$5ab00e4312bd84801b119de4264298f2119b9dba00407e9f48369c52d8837395";

/// Keys that are right only on the machine that has the file, or that exclude a key which is switched on.
const NOT_HERE: [&str; 8] =
    ["ca_file", "certificate_file", "key_file", "private_key", "client_secret", "bearer_token", "password", "certificate_name"];

/// The others refuse the section.
const WITH_TAX_IDENTIFIERS: [&str; 2] = ["sfdc-ux", "dxp-ux"];

/// Sections whose keys a deployment chooses itself.
const FREE: [&str; 4] = ["routing", "routing.*", "tax_identifier.keys", "clients[0].quotas"];

fn example(channel: &str) -> String {
    let path = format!("{}/../deploy/config/{channel}.example.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every key and section switched on: a remark has a space behind its `#`, a key has none.
fn everything(example: &str) -> String {
    let switched_on = |line: &str| match line.strip_prefix('#') {
        Some(key) if !key.is_empty() && !key.starts_with(' ') => key.to_owned(),
        _ => line.to_owned(),
    };
    example.lines().map(switched_on).collect::<Vec<_>>().join("\n")
}

/// The mistakes that `check` finds, by key; none if it accepts the file.
fn mistakes(channel: &str, config: &str) -> BTreeMap<String, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, config).unwrap();
    let mut check = Command::new(binary(channel));
    let output = check.arg("check").arg("--config").arg(file.path()).env_clear().envs(SECRETS).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let found: BTreeMap<String, String> = said
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(": "))
        .map(|(key, reason)| (key.to_owned(), reason.to_owned()))
        .collect();
    let expected = if found.is_empty() { 0 } else { 2 };
    assert_eq!(output.status.code(), Some(expected), "{said}");
    found
}

#[test]
fn every_example_is_right() {
    for channel in CHANNELS {
        assert_eq!(mistakes(channel, &example(channel)), BTreeMap::new(), "{channel}");
    }
}

#[test]
fn every_key_that_is_commented_out_is_right_too() {
    for channel in CHANNELS {
        let mut found = mistakes(channel, &everything(&example(channel)));
        found.retain(|key, _| !NOT_HERE.iter().any(|last| key.ends_with(last)));
        assert_eq!(found, BTreeMap::new(), "{channel}");
    }
}

#[test]
fn every_key_is_documented() {
    const ODD: &str = "no_such_key";
    for channel in CHANNELS {
        let mut document: toml::Table = everything(&example(channel)).parse().unwrap();
        let mut documented = BTreeMap::new();
        ask_everywhere(&mut document, "", ODD, &mut documented);
        let found = mistakes(channel, &document.to_string());
        // The keys of `http` stand in the first such section; the others name what differs.
        let http: BTreeSet<String> = sections_ending(&documented, ".http");
        for (section, keys) in &documented {
            let reason = &found[&format!("{section}{ODD}")];
            let mut known: BTreeSet<String> = reason.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            assert!(!known.is_empty(), "{section}: {reason}");
            if section.is_empty() && !WITH_TAX_IDENTIFIERS.contains(&channel) {
                known.remove("tax_identifier");
            }
            let keys = if section.ends_with("http.") { &http } else { keys };
            assert_eq!(keys, &known, "{channel}: [{section}]");
        }
    }
}

fn sections_ending(documented: &BTreeMap<String, BTreeSet<String>>, end: &str) -> BTreeSet<String> {
    documented.iter().filter(|(section, _)| section.trim_end_matches('.').ends_with(end)).flat_map(|(_, keys)| keys.clone()).collect()
}

/// Puts a key that cannot exist into every section, for the answer that names those that do, and notes which are there.
fn ask_everywhere(table: &mut toml::Table, path: &str, odd: &str, documented: &mut BTreeMap<String, BTreeSet<String>>) {
    let plain = path.trim_end_matches('.');
    let parent = plain.split_once('.').map_or(plain, |(first, _)| first);
    if FREE.contains(&plain) || FREE.contains(&format!("{parent}.*").as_str()) {
        return;
    }
    documented.insert(path.to_owned(), table.keys().cloned().collect());
    for (key, value) in table.iter_mut() {
        match value {
            toml::Value::Table(inner) => ask_everywhere(inner, &format!("{path}{key}."), odd, documented),
            toml::Value::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    if let toml::Value::Table(inner) = item {
                        ask_everywhere(inner, &format!("{path}{key}[{at}]."), odd, documented);
                    }
                }
            }
            _ => {}
        }
    }
    table.insert(odd.to_owned(), toml::Value::Boolean(true));
}

#[test]
fn a_dozen_mistakes_are_reported_at_once() {
    let config = example("bot-ux")
        .replace("listen = \"0.0.0.0:8081\"", "listen = \"hunter2\"")
        .replace("public_base_url = \"https://esb.example.com\"", "public_base_url = \"esb.example.com/hunter2?\"")
        .replace("#workers = 4", "workers = 0")
        .replace("#request_timeout_ms = 10000", "request_timeout_ms = \"hunter2\"")
        .replace("#max_streams = 100", "max_streams = 0\ncolour = \"hunter2\"")
        .replace("#format = \"json\"", "format = \"hunter2\"")
        .replace("#level = \"info\"", "level = \"hunter2\"")
        .replace("secrets = [\"env:CHAT_BOT_SECRET_HASH\"]", "secrets = [\"hunter2\", \"env:NO_SUCH_VARIABLE\"]")
        .replace("#units = [\"PR\"]", "units = [\"PR\", \"XX\"]")
        .replace("#operations = [\"accounts\", \"balanceEnquiry\"]", "operations = [\"accounts\", \"hunter2\"]")
        .replace("#quota = { requests = 100,", "quota = { requests = 0,")
        .replace("#[routing.PR]\n#FIXED = \"csg\"", "[routing.PR]\nFIXED = \"hunter2\"")
        .replace("base_url = \"https://csg.example.com\"", "base_url = \"ftp://hunter2\"")
        .replace("#retries = 2", "retries = 9")
        .replace("realm = \"telco\"\n", "")
        .replace("password = \"env:LIBERATE_PASSWORD\"", "password = \"file:/no/such/file\"");
    let found = mistakes("bot-ux", &config);
    let keys: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "clients[0].operations[1]",
            "clients[0].quota",
            "clients[0].secrets[0]",
            "clients[0].secrets[1]",
            "clients[0].units[1]",
            "log.format",
            "log.level",
            "routing.PR.FIXED",
            "server.limits.colour",
            "server.limits.max_streams",
            "server.listen",
            "server.public_base_url",
            "server.request_timeout_ms",
            "server.workers",
            "systems.cerillion.realm",
            "systems.csg.http.base_url",
            "systems.csg.http.retries",
            "systems.liberate.password",
        ],
        "{found:#?}"
    );
    // A routing cell names the system that it does not know: that is a name, no secret.
    let quoting: Vec<&String> = found.iter().filter(|(_, reason)| reason.contains("hunter2")).map(|(key, _)| key).collect();
    assert_eq!(quoting, ["routing.PR.FIXED"]);
}
