//! Sandbox mode: no configuration, simulated billing systems inside the process, loopback only.

use std::net::SocketAddr;
use std::path::PathBuf;

use backends_http::{ConfigProblem, UpstreamMetrics};
use bss_sandbox::{Options, Sandbox};
use secrecy::SecretString;
use uuid::Uuid;

use crate::access_log::LogFormat;
use crate::admin::AdminSection;
use crate::channel::Channel;
use crate::clients::SecretHash;
use crate::config::{self, Checked, ClientSection, Config, LogSection, ServerSection};
use crate::operation::{RequestExample, Verb};
use crate::quota::QuotaSections;

/// The only client of sandbox mode.
const DEMO_CLIENT: &str = "demo";
const DEMO_SECRET: &str = "demo-secret";

/// What every `href` begins with, as in the channel documents.
const PUBLIC_BASE_URL: &str = "https://esb.example.com";

/// Starts the simulated systems.
pub(crate) fn start(data_dir: Option<PathBuf>) -> Result<Sandbox, Box<dyn std::error::Error + Send + Sync>> {
    Ok(Sandbox::start(Options { data_dir, ..Options::default() })?)
}

/// The configuration that reaches them.
pub(crate) fn configuration<C: Channel>(
    sandbox: &Sandbox,
    listen: SocketAddr,
    upstream: &UpstreamMetrics,
) -> Result<Checked<C>, Vec<ConfigProblem>> {
    let hash = SecretHash::of(DEMO_SECRET.as_bytes(), *Uuid::new_v4().as_bytes());
    let demo = ClientSection {
        id: DEMO_CLIENT.to_owned(),
        secrets: vec![SecretString::from(hash.to_string())],
        units: Vec::new(),
        operations: Vec::new(),
        certificate_name: None,
        quota: None,
        quotas: QuotaSections::new(),
    };
    let config = Config {
        server: ServerSection::new(listen.to_string(), PUBLIC_BASE_URL.to_owned()),
        log: LogSection { format: LogFormat::Human, level: "warn".to_owned() },
        admin: Some(AdminSection { listen: "127.0.0.1:0".to_owned() }),
        tracing: None,
        clients: vec![demo],
        quota_store: None,
        routing: toml::Table::new(),
        tax_identifier: None,
        systems: Some(C::sandbox_systems(sandbox)),
    };
    config::check(config, Vec::new(), upstream)
}

/// Lines to paste into a shell, one per documented request.
pub(crate) fn curl_lines<C: Channel>(address: SocketAddr) -> String {
    let mut lines = String::new();
    for endpoint in C::operations() {
        for example in endpoint.spec.examples {
            lines.push_str(&format!("# {}\n{}\n\n", example.title, curl_line::<C>(address, endpoint.spec.method, example)));
        }
    }
    lines
}

fn curl_line<C: Channel>(address: SocketAddr, method: Verb, example: &RequestExample) -> String {
    let mut line = String::from("curl -s");
    if method != Verb::Get {
        line.push_str(&format!(" -X {}", method.as_str()));
    }
    line.push_str(&format!(" 'http://{address}{}{}'", C::BASE_PATH, example.target));
    let credentials = [("client_id", DEMO_CLIENT), ("client_secret", DEMO_SECRET)];
    for (name, value) in credentials.iter().chain(example.headers) {
        line.push_str(&format!(" -H '{name}: {value}'"));
    }
    if let Some(body) = example.body {
        line.push_str(&format!(" -H 'Content-Type: application/json' --data '{body}'"));
    }
    line
}
