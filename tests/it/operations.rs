//! What whoever operates a process can ask and tell it (`docs/operations.md`).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use contract_tests::Server;

const HASH: &str = "sha256$000102030405060708090a0b0c0d0e0f$5ab00e4312bd84801b119de4264298f2119b9dba00407e9f48369c52d8837395";

fn write_config(file: &Path, client: &str, hash: &str) {
    let server = "[server]\nlisten = '127.0.0.1:0'\npublic_base_url = 'https://esb.example.com'\n[admin]\nlisten = '127.0.0.1:0'\n";
    std::fs::write(file, format!("{server}[[clients]]\nid = '{client}'\nsecrets = ['{hash}']\n")).unwrap();
}

fn metrics(admin: &str) -> String {
    let answer = Server::get_url(format!("{admin}/metrics")).send();
    assert_eq!(answer.status, 200);
    answer.body
}

fn wait_for(admin: &str, line: &str) {
    let limit = Instant::now() + Duration::from_secs(60);
    while !metrics(admin).lines().any(|found| found == line) {
        assert!(Instant::now() < limit, "{line} never came:\n{}", metrics(admin));
    }
}

fn read_config_again(server: &Server) {
    assert!(Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().unwrap().success());
}

/// The status for a path that does not exist: whoever may call learns that, nobody else does.
fn status_for(server: &Server, client: &str) -> u16 {
    server.get("/wfm-ux/v1/nowhere").without("client_id").header("client_id", client).send().status
}

#[test]
fn clients_change_without_a_restart_and_a_bad_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wfm-ux.toml");
    write_config(&file, "demo", HASH);
    let server = Server::start_with_file("wfm-ux", &file);
    let admin = server.admin();
    assert_eq!([status_for(&server, "demo"), status_for(&server, "next")], [404, 401]);

    write_config(&file, "next", HASH);
    read_config_again(&server);
    wait_for(&admin, r#"config_reloads_total{outcome="applied"} 1"#);
    assert_eq!([status_for(&server, "demo"), status_for(&server, "next")], [401, 404]);

    write_config(&file, "worse", "hunter2");
    read_config_again(&server);
    wait_for(&admin, r#"config_reloads_total{outcome="refused"} 1"#);
    assert_eq!([status_for(&server, "worse"), status_for(&server, "next")], [401, 404]);

    let status = Server::get_url(format!("{admin}/status")).header("Accept", "application/json").send();
    assert!(status.body.contains(r#""outcome":"refused""#), "{}", status.body);

    let (_, errors) = server.stop();
    assert!(errors.contains("clients[0].secrets[0]"), "{errors}");
    assert!(errors.contains("stays as it was"), "{errors}");
    assert!(!errors.contains("hunter2"), "{errors}");
}

#[test]
fn sandbox_mode_has_an_admin_listener_too() {
    let server = Server::start("bot-ux", &[]);
    let admin = server.admin();
    for path in ["/livez", "/readyz"] {
        let answer = Server::get_url(format!("{admin}{path}")).send();
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "{path}");
    }
    let (output, _) = server.stop();
    assert!(output.contains(&format!("admin at {admin}")), "{output}");
}

/// Exported only once there is something to tell.
const ONLY_AFTER: [&str; 6] = [
    "quota_store_errors_total",
    "quota_store_reports_total",
    "quota_store_up",
    "upstream_api_limit",
    "upstream_api_usage",
    "upstream_unknown_codes_total",
];

#[test]
fn every_metric_is_documented() {
    let path = format!("{}/../docs/operations.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(path).unwrap();
    let table = page.split("## Metrics").nth(1).unwrap().split("\n## ").next().unwrap();
    let documented: BTreeSet<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();

    let server = Server::start("bot-ux", &[]);
    let account = server.get("/bot-ux/v1/PR/accounts?id=1&refId=ACCOUNT_NO").header("lob", "FIXED").send();
    assert_ne!(account.status, 401);
    let exported = metrics(&server.admin());
    let name = |line: &str| match line.strip_prefix("# TYPE ")?.split_once(' ')? {
        (name, "counter") => Some(format!("{name}_total")),
        (name, _) => Some(name.to_owned()),
    };
    let exported: BTreeSet<String> = exported.lines().filter_map(name).chain(ONLY_AFTER.map(str::to_owned)).collect();
    assert_eq!(exported.iter().map(String::as_str).collect::<BTreeSet<_>>(), documented);
}
