//! The dashboard and the alerts in `deploy` ask for nothing that the running programs do not tell.

use std::collections::{BTreeMap, BTreeSet};

use contract_tests::Server;
use serde_json::Value;

/// What Prometheus adds to every series of a target, and says of the target itself.
const LABELS_OF_PROMETHEUS: [&str; 2] = ["job", "instance"];
const METRIC_OF_PROMETHEUS: &str = "up";

fn file(path: &str) -> String {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What has metrics only where it is configured. Nobody listens at the addresses.
const OPTIONAL: &str = "[admin]\nlisten = '127.0.0.1:0'\n[quota_store]\nurl = 'redis://127.0.0.1:1'\nreplicas = 2\n";

/// The names and labels of everything that the channels tell after some traffic and some failures.
fn exported() -> BTreeMap<String, BTreeSet<String>> {
    let dxp = Server::start("dxp-ux", &[]);
    let line = dxp.get("/dxp-ux/v1/PR/billingAccount/7875550111?type=msisdn").header("channelId", "APP").header("lob", "POSTPAID");
    assert_ne!(line.send().status, 401);
    let sfdc = Server::start("sfdc-ux", &[]);
    sfdc.control().stop("csg");
    // One with codes that no table has, one whose system is gone.
    let unknown = "21517705-21518907?accountRelationship.account.id=21517705-21518907";
    let lost = "8211990010013290?accountRelationship.relationshipType=customerAccount";
    for (account, status) in [(unknown, 200), (lost, 503)] {
        let answer = sfdc.get(&format!("/sfdc-ux/v1/PR/billingAccount/{account}")).header("targetSystem", "Aria").send();
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let mut exported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let wfm = Server::start_configured("wfm-ux", OPTIONAL);
    for server in [&dxp, &sfdc, &wfm] {
        let metrics = Server::get_url(format!("{}/metrics", server.admin())).send().body;
        for line in metrics.lines().filter(|line| !line.starts_with('#')) {
            let series = line.split(' ').next().unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let labels = labels.split(',').filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
            exported.entry(name.to_owned()).or_default().extend(labels);
        }
    }
    exported
}

/// What an expression asks for: series with the labels that it selects by, and the labels that it groups by.
#[derive(Debug, Default, PartialEq)]
struct Asked {
    series: Vec<(String, Vec<(String, String)>)>,
    grouped: Vec<String>,
}

/// Reads as much of PromQL as names and labels need; `promtool` checks its grammar.
fn asked(expression: &str) -> Asked {
    const GROUPING: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
    const OPERATORS: [&str; 5] = ["and", "or", "unless", "offset", "bool"];
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let mut asked = Asked::default();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let next = after.trim_start();
        if first == '[' {
            rest = rest.split_once(']').unwrap().1;
        } else if word.is_empty() {
            rest = &rest[first.len_utf8()..];
        } else if GROUPING.contains(&word) {
            let (labels, after) = next.strip_prefix('(').unwrap().split_once(')').unwrap();
            asked.grouped.extend(labels.split(',').map(|label| label.trim().to_owned()));
            rest = after;
        } else if first.is_ascii_digit() || OPERATORS.contains(&word) || ["(", "by ", "without "].iter().any(|sign| next.starts_with(sign))
        {
            rest = after;
        } else if let Some(matchers) = next.strip_prefix('{') {
            let (matchers, after) = matchers.split_once('}').unwrap();
            asked.series.push((word.to_owned(), matchers.split(',').map(matcher).collect()));
            rest = after;
        } else {
            asked.series.push((word.to_owned(), Vec::new()));
            rest = after;
        }
    }
    asked
}

/// Label and value of `label=~"value"`.
fn matcher(text: &str) -> (String, String) {
    let (label, value) = text.split_once('"').unwrap();
    (label.trim_end_matches(['=', '~', '!']).trim().to_owned(), value.trim_end_matches('"').to_owned())
}

#[test]
fn an_expression_is_taken_apart() {
    let found =
        asked(r#"sum by (job, le) (rate(a_total{unit!~"5..",b="c"}[5m])) / on (job) max_over_time(d[1m]) > 0.2 unless d offset 1h"#);
    let pair = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    let series =
        vec![("a_total".to_owned(), vec![pair("unit", "5.."), pair("b", "c")]), ("d".to_owned(), Vec::new()), ("d".to_owned(), Vec::new())];
    assert_eq!(found, Asked { series, grouped: ["job", "le", "job"].map(str::to_owned).into() });
}

/// The expressions of the dashboard's panels, and the queries of its variables as if they were such.
fn expressions_of_dashboard() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&file("deploy/grafana/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let queries = variables.iter().filter_map(|variable| variable["query"].as_str()?.strip_prefix("label_values("));
    let grouping = |query: &str| {
        let (series, label) = query.trim_end_matches(')').split_once(", ").unwrap();
        format!("group by ({label}) ({series})")
    };
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).chain(queries.map(grouping)).collect()
}

fn expressions_of_alerts() -> Vec<String> {
    file("deploy/prometheus/alerts.yaml").lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect()
}

fn alerts() -> BTreeSet<String> {
    file("deploy/prometheus/alerts.yaml").lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).map(str::to_owned).collect()
}

#[test]
fn dashboard_and_alerts_ask_for_what_there_is() {
    let exported = exported();
    let outcomes = file("docs/operations.md");
    let (dashboard, rules) = (expressions_of_dashboard(), expressions_of_alerts());
    assert!(dashboard.len() > 20, "{dashboard:?}");
    assert_eq!(rules.len(), alerts().len());
    for expression in dashboard.iter().chain(&rules) {
        let asked = asked(expression);
        let labels_of = |name: &str| exported.get(name).unwrap_or_else(|| panic!("there is no {name}: {expression}"));
        for (name, matchers) in asked.series.iter().filter(|(name, _)| name != METRIC_OF_PROMETHEUS) {
            let labels = labels_of(name);
            for (label, value) in matchers {
                let known = labels.contains(label) || LABELS_OF_PROMETHEUS.contains(&label.as_str());
                assert!(known, "{name} has no label {label}: {expression}");
                let values = value.split('|').filter(|_| label == "outcome");
                values.for_each(|value| assert!(outcomes.contains(&format!("`{value}`")), "no outcome is {value}: {expression}"));
            }
            for label in asked.grouped.iter().filter(|label| !LABELS_OF_PROMETHEUS.contains(&label.as_str())) {
                assert!(labels.contains(label), "{name} has no label {label}: {expression}");
            }
        }
    }
}

#[test]
fn every_alert_has_a_runbook() {
    let page = file("docs/operations.md");
    let chapter = page.split("\n## Runbooks\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let runbooks: BTreeSet<String> = chapter.lines().filter_map(|line| line.strip_prefix("### ")).map(str::to_owned).collect();
    assert_eq!(runbooks, alerts());
}
