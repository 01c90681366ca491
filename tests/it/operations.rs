//! What whoever operates a process can ask and tell it (`docs/operations.md`).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use contract_tests::Server;

pub(crate) fn metrics(admin: &str) -> String {
    let answer = Server::get_url(format!("{admin}/metrics")).send();
    assert_eq!(answer.status, 200);
    answer.body
}

pub(crate) fn wait_for(admin: &str, line: &str) {
    let limit = Instant::now() + Duration::from_secs(60);
    while !metrics(admin).lines().any(|found| found == line) {
        assert!(Instant::now() < limit, "{line} never came:\n{}", metrics(admin));
    }
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

#[test]
fn the_log_level_changes_while_the_process_runs() {
    let server = Server::start("bot-ux", &[]);
    let level = format!("{}/log-level", server.admin());
    let ask = |id: &str| {
        let ask = server.get("/bot-ux/v1/PR/balanceEnquiry").header("lob", "FIXED").header("refid", "ACCOUNT_NO");
        assert_eq!(ask.header("refvalue", "8211990010013290").header("X-Correlation-ID", id).send().status, 200);
    };
    let told = |answer: contract_tests::Answer| (answer.status, answer.body);
    assert_eq!(told(Server::get_url(level.clone()).send()), (200, "warn\n".to_owned()));
    ask("before");
    assert_eq!(told(Server::put_url(level.clone(), "error,backends_http=debug").send()), (200, "error,backends_http=debug\n".to_owned()));
    ask("while");
    for wrong in ["loud", "", "info,h2=trace"] {
        let (status, reason) = told(Server::put_url(level.clone(), wrong).send());
        assert!(status == 400 && reason.contains("error, warn, info, debug, trace or off"), "{wrong}: {status} {reason}");
    }
    assert_eq!(told(Server::put_url(level.clone(), "info").send()).0, 200);
    ask("after");
    assert_eq!(Server::put_url(level.replace("log-level", "status"), "debug").send().status, 405);
    let (_, errors) = server.stop();
    let lines: Vec<_> = errors.lines().filter(|line| line.contains("a billing system was called")).collect();
    assert!(matches!(lines.as_slice(), [line] if line.contains("while") && line.contains("getBalanceEnquiry")), "{errors}");
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
