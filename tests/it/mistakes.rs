//! Mistakes in a configuration by the dozen: each in the file and by a variable, each told with its key and the reason.

use std::process::Command;

use contract_tests::{DEMO_SECRET_HASH, binary};
use toml::{Table, Value};

fn right() -> Table {
    format!(
        "[server]\nlisten = '127.0.0.1:0'\npublic_base_url = 'https://esb.example.com'\n[[clients]]\nid = 'demo'\nsecrets = ['{DEMO_SECRET_HASH}']
        [systems.csg]\nusername = 'bot'\npassword = 'secret'\nhttp = {{ base_url = 'http://127.0.0.1:1' }}"
    )
    .parse()
    .unwrap()
}

/// What `check` finds, line by line; nothing if it finds no mistake.
fn check(config: &Table, variables: &[(String, String)]) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, config.to_string()).unwrap();
    let mut command = Command::new(binary("bot-ux"));
    command.arg("check").arg("--config").arg(file.path()).env_clear().envs(variables.iter().cloned());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<String> = said.lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect();
    assert_eq!(output.status.code(), Some(if lines.is_empty() { 0 } else { 2 }), "{said}");
    lines
}

/// Puts a value where the steps of a key lead.
fn set(config: &mut Value, steps: &[&str], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *config = value;
        return;
    };
    let next = match config {
        Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
        Value::Table(table) => table.entry(*step).or_insert(Value::Table(Table::new())),
        other => panic!("{other} has no {step}"),
    };
    set(next, rest, value);
}

fn variable(key: &str) -> String {
    format!("BOT_UX__{}", key.to_uppercase().replace('.', "__"))
}

/// Where, what, which key is named, and how what is said about it begins.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("server.listen", "'here'", "server.listen", "an address and a port are expected, as in 0.0.0.0:8081"),
    ("server.workers", "0", "server.workers", "0 is outside 1 to 1024"),
    ("server.workers", "'many'", "server.workers", "expected a whole number, not below 0"),
    ("server.public_base_url", "'esb.example.com'", "server.public_base_url", "an absolute URL without a query is expected"),
    ("server.request_timeout_ms", "1", "server.request_timeout_ms", "1 is outside 10 to 300000"),
    ("server.drain_timeout_ms", "-1", "server.drain_timeout_ms", "expected a whole number, not below 0"),
    ("server.docs", "'maybe'", "server.docs", "expected a boolean"),
    ("server.colour", "'hunter2'", "server.colour", "no such key; expected"),
    ("server.limits", "3", "server.limits", "expected a section"),
    ("server.limits.max_uri_bytes", "1", "server.limits.max_uri_bytes", "1 is outside 256 to 65534"),
    ("server.limits.max_head_bytes", "1", "server.limits.max_head_bytes", "1 is outside 8192 to 1048576"),
    ("server.limits.max_body_bytes", "16777217", "server.limits.max_body_bytes", "16777217 is outside 0 to 16777216"),
    ("server.limits.head_timeout_ms", "1", "server.limits.head_timeout_ms", "1 is outside 100 to 600000"),
    ("server.limits.body_timeout_ms", "1", "server.limits.body_timeout_ms", "1 is outside 100 to 600000"),
    ("server.limits.idle_timeout_ms", "1", "server.limits.idle_timeout_ms", "1 is outside 100 to 3600000"),
    ("server.limits.write_timeout_ms", "1", "server.limits.write_timeout_ms", "1 is outside 100 to 600000"),
    ("server.limits.max_connections", "0", "server.limits.max_connections", "0 is outside 1 to 1000000"),
    ("server.limits.max_streams", "0", "server.limits.max_streams", "0 is outside 1 to 10000"),
    (
        "server.tls",
        "{ certificate_file = '/no', key_file = '/no', client_certificates = 'maybe' }",
        "server.tls.client_certificates",
        "expected `required` or `optional`",
    ),
    (
        "server.tls",
        "{ certificate_file = '/no', key_file = '/no' }",
        "server.tls.certificate_file",
        "cannot be read as PEM certificates: I/O error",
    ),
    ("log.format", "'xml'", "log.format", "expected `json` or `human`"),
    ("log.level", "'loud'", "log.level", "error, warn, info, debug, trace or off is expected"),
    ("admin.listen", "'9091'", "admin.listen", "an address and a port are expected, as in 127.0.0.1:9091"),
    ("admin.lissen", "'127.0.0.1:0'", "admin.lissen", "no such key; expected"),
    ("clients", "{}", "clients", "expected a list"),
    ("clients.0.id", "'a b'", "clients[0].id", "visible ASCII characters are expected"),
    ("clients.0.secrets", "[]", "clients[0].secrets", "one or two hashes are expected"),
    ("clients.0.secrets.0", "'hunter2'", "clients[0].secrets[0]", "sha256$<salt>$<digest> is expected"),
    ("clients.0.secrets.0", "'env:NO_SUCH_VARIABLE'", "clients[0].secrets[0]", "the environment has no NO_SUCH_VARIABLE"),
    ("clients.0.secrets.0", "'file:/no/such/file'", "clients[0].secrets[0]", "/no/such/file cannot be read"),
    ("clients.0.units", "['PR', 'XX']", "clients[0].units[1]", "no such business unit"),
    ("clients.0.operations", "['accounts', 'get']", "clients[0].operations[1]", "no such operation; bot-ux has"),
    (
        "clients.0.quota",
        "{ requests = 0, per_ms = 1 }",
        "clients[0].quota",
        "1 to 1000000 requests per 1 to 86400000 milliseconds are expected",
    ),
    ("clients.0.quota", "{ requests = 1 }", "clients[0].quota.per_ms", "is missing"),
    (
        "clients.0.certificate_name",
        "'demo.example.com'",
        "clients[0].certificate_name",
        "callers are asked for no certificate: `server.tls.client_ca_file` is missing",
    ),
    ("clients.0.name", "'hunter2'", "clients[0].name", "no such key; expected"),
    ("routing.PR.FIXED", "'aria'", "routing.PR.FIXED", "`aria` is no system that this channel has a view of"),
    ("routing.PR.FIXED", "'liberate'", "routing.PR.FIXED", "liberate has no section [systems.liberate]"),
    ("routing.PR.MOBILE", "'csg'", "routing.PR.MOBILE", "no such line of business"),
    ("routing.XX.FIXED", "'csg'", "routing.XX", "no such business unit"),
    ("tax_identifier.form", "'opaque'", "tax_identifier.form", "no such key; expected"),
    ("systems.aria.client_no", "1", "systems.aria", "no such key; expected"),
    ("systems.csg.username", "'a:b'", "systems.csg.username", "a name without a colon is expected"),
    ("systems.csg.http.base_url", "'ftp://hunter2'", "systems.csg.http.base_url", "the scheme must be http or https"),
    ("systems.csg.http.proxy", "'proxy'", "systems.csg.http.proxy", "a URL with its scheme is expected"),
    ("systems.csg.http.ca_file", "'/no/such/file'", "systems.csg.http.ca_file", "is for a base_url with https"),
    ("systems.csg.http.connect_timeout_ms", "'soon'", "systems.csg.http.connect_timeout_ms", "expected a whole number, not below 0"),
    ("systems.csg.http.timeout_ms", "0", "systems.csg.http.timeout_ms", "0 is outside 1 to 300000"),
    ("systems.csg.http.retries", "9", "systems.csg.http.retries", "9 is outside 0 to 5"),
    ("systems.csg.http.max_concurrent", "0", "systems.csg.http.max_concurrent", "0 is outside 1 to 100000"),
    ("systems.csg.http.breaker_failure_percent", "101", "systems.csg.http.breaker_failure_percent", "101 is outside 0 to 100"),
    ("systems.csg.http.speed", "1", "systems.csg.http.speed", "no such key; expected"),
    ("sever.listen", "'127.0.0.1:0'", "sever", "no such key; expected"),
];

#[test]
fn each_is_told_whether_in_the_file_or_by_a_variable() {
    let mut wrong = Vec::new();
    for (key, value, named, reason) in MISTAKES {
        let value = format!("value = {value}").parse::<Table>().unwrap().remove("value").unwrap();
        let steps: Vec<&str> = key.split('.').collect();
        let mut config = Value::Table(right());
        set(&mut config, &steps, value.clone());
        let in_file = check(config.as_table().unwrap(), &[]);
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let by_variable = check(&right(), &[(variable(key), text)]);
        for (found, expected) in [(in_file, format!("{named}: {reason}")), (by_variable, format!("{named} ({}): {reason}", variable(key)))]
        {
            let is_told = found.first().is_some_and(|line| line.starts_with(&expected));
            // A routing cell names the system that it does not know; nothing else that was written is repeated.
            if !is_told || found.iter().any(|line| line.contains("hunter2")) {
                wrong.push(format!("{key} = {value}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_that_leads_nowhere_is_a_mistake() {
    for (name, reason) in [
        ("BOT_UX__SERVER____LISTEN", "two underscores stand between the steps of a key, and a step is missing"),
        ("BOT_UX__CLIENTS__3__ID", "clients has 1 entries: 1 would be the next one"),
        ("BOT_UX__CLIENTS__DEMO__ID", "clients is a list: a number is expected, not DEMO"),
        ("BOT_UX__SERVER__LISTEN__PORT", "server.listen is no section"),
    ] {
        assert_eq!(check(&right(), &[(name.to_owned(), "x".to_owned())]), [format!("{name}: {reason}")]);
    }
}

#[test]
fn variables_alone_can_be_a_configuration() {
    let variables = [
        ("SERVER__LISTEN", "127.0.0.1:0"),
        ("SERVER__PUBLIC_BASE_URL", "https://esb.example.com"),
        ("SERVER__WORKERS", "2"),
        ("SERVER__DOCS", "false"),
        ("CLIENTS__0__ID", "12345"),
        ("CLIENTS__0__SECRETS", &format!("['{DEMO_SECRET_HASH}']")),
        ("CLIENTS__0__QUOTA", "{ requests = 1, per_ms = 1 }"),
        ("CLIENTS__1__ID", "second"),
        ("CLIENTS__1__SECRETS__0", "env:HASH"),
        ("SYSTEMS__CSG__USERNAME", "true"),
        ("SYSTEMS__CSG__PASSWORD", "[1, 2]"),
        ("SYSTEMS__CSG__HTTP__BASE_URL", "http://127.0.0.1:1"),
        ("ROUTING__PR__FIXED", "csg"),
    ];
    let mut variables: Vec<(String, String)> =
        variables.iter().map(|(name, value)| (format!("BOT_UX__{name}"), (*value).to_owned())).collect();
    variables.push(("HASH".to_owned(), DEMO_SECRET_HASH.to_owned()));
    variables.push(("WFM_UX__SERVER__LISTEN".to_owned(), "another channel's".to_owned()));
    assert_eq!(check(&Table::new(), &variables), Vec::<String>::new());
}

#[test]
fn sandbox_mode_takes_no_variables() {
    let output = Command::new(binary("bot-ux")).env("BOT_UX__SERVER__LISTEN", "127.0.0.1:0").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("BOT_UX__SERVER__LISTEN is set, but sandbox mode has no configuration"));
}
