//! Configuration mistakes: all at once, each with its key, none with its value.

use ux_server::{StartError, start};

use crate::channel::{Fake, config};

fn mistakes(config: &str) -> String {
    match start::<Fake>(config, Box::new(std::io::sink())) {
        Ok(_) => "none".to_owned(),
        Err(StartError::Misconfigured(problems)) => {
            problems.iter().map(|problem| format!("{}: {}", problem.key, problem.reason)).collect::<Vec<_>>().join("\n")
        }
        Err(other) => other.to_string(),
    }
}

#[test]
fn every_mistake_is_reported_with_its_key() {
    insta::assert_snapshot!(mistakes(
        r#"
        surprise = 1
        [server]
        listen = "here"
        workers = 0
        public_base_url = "esb.example.com"
        request_timeout_ms = 1
        drain_timeout_ms = "hunter2"
        [server.limits]
        max_uri_bytes = 1
        max_head_bytes = 1
        colour = "hunter2"
        [log]
        format = "xml"
        level = "loud"
        [admin]
        listen = "9091"
        [[clients]]
        id = "a b"
        secrets = ["hunter2"]
        units = ["PR", "XX"]
        operations = ["getThing", "get"]
        quota = { requests = 0, per_ms = 1 }
        quotas = { getThing = { requests = 1, per_ms = 0 }, get = { requests = 1, per_ms = 1 } }
        [[clients]]
        id = "b"
        secrets = []
        [[clients]]
        secrets = ["env:UX_SERVER_TEST_NO_SUCH_VARIABLE"]
        [[clients]]
        id = "b"
        secrets = ["file:/no/such/file"]
        [quota_store]
        url = "hunter2"
        replicas = 0
        slack_percent = 101
        report_ms = 1
        timeout_ms = 0
        [routing.PR]
        FIXED = "aria"
        "#
    ));
}

#[test]
fn what_is_required_is_named() {
    insta::assert_snapshot!(mistakes(""));
    insta::assert_snapshot!(mistakes("[server]"));
}

#[test]
fn what_is_not_toml_is_named_by_its_line() {
    insta::assert_snapshot!(mistakes("[server]\nlisten = \"127.0.0.1:0\"\nhunter2 hunter2"));
}

#[test]
fn a_cell_needs_a_section() {
    insta::assert_snapshot!(mistakes(&format!("{}\n[routing.TT]\nFIXED = \"liberate\"", config())));
    assert_eq!(mistakes(&format!("{}\n[systems.liberate]\n[routing.TT]\nFIXED = \"liberate\"", config())), "none");
}

#[test]
fn secrets_come_from_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hash");
    let config = config();
    let hash = config.lines().find_map(|line| line.strip_prefix("secrets = [\"")?.strip_suffix("\"]")).unwrap();
    std::fs::write(&path, format!("{hash}\n")).unwrap();
    assert_eq!(mistakes(&config.replacen(hash, &format!("file:{}", path.display()), 1)), "none");
}

#[test]
fn an_address_in_use_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = config().replace("127.0.0.1:0", &taken.local_addr().unwrap().to_string());
    assert!(mistakes(&config).starts_with("cannot listen on 127.0.0.1:"));
}
