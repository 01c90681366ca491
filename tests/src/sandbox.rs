use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::{Control, binary};

/// The simulated billing systems as a process of their own, on free ports; ended when dropped.
pub struct Sandbox {
    child: Child,
    urls: BTreeMap<String, String>,
}

impl Sandbox {
    /// Starts them.
    ///
    /// # Panics
    /// If they do not start.
    #[must_use]
    pub fn start() -> Self {
        let mut child = Command::new(binary("bss-sandbox"))
            .args(["--port-base", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut urls = BTreeMap::new();
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some((name, url)) = line.split_once(char::is_whitespace) {
                urls.insert(name.to_owned(), url.trim().to_owned());
            }
            // Named last.
            if urls.contains_key("control") {
                break;
            }
        }
        Self { child, urls }
    }

    /// Base URL of a system.
    ///
    /// # Panics
    /// If there is no such system.
    #[must_use]
    pub fn url(&self, system: &str) -> &str {
        self.urls.get(system).unwrap_or_else(|| panic!("no system {system} among {:?}", self.urls))
    }

    /// The section of a configuration file by which a channel asks a system; `http` holds further keys of its connection,
    /// as in `timeout_ms = 500\n`.
    ///
    /// # Panics
    /// If there is no such system.
    #[must_use]
    pub fn section(&self, system: &str, http: &str) -> String {
        let credentials = match system {
            "csg" => "username = 'sandbox-csg'\npassword = 'sandbox-csg-secret'",
            "aria" => "client_no = 9000555\nauth_key = 'sandbox0aria0key0of032characters'",
            "salesforce" => "client_id = 'sandbox-salesforce'\nclient_secret = 'sandbox-salesforce-secret'",
            "liberate" => "username = 'sandbox-liberate'\npassword = 'sandbox-liberate-secret'",
            "cerillion" => {
                "realm = 'sandbox'\norganisation = 'jm'\nclient_id = 'sandbox-cerillion'\nclient_secret = 'sandbox-cerillion-secret'"
            }
            "amdocs" => "api_key = 'sandbox-amdocs-key'",
            "tmf666" => "bearer_token = 'sandbox-tmf666-token'",
            other => panic!("no credentials for {other}"),
        };
        let path = if system == "tmf666" { "/tmf-api/accountManagement/v4" } else { "" };
        let url = self.url(system);
        format!("[systems.{system}]\n{credentials}\n[systems.{system}.http]\nbase_url = '{url}{path}'\n{http}")
    }

    /// The sections of every system that a channel asks, as its example configuration names them.
    ///
    /// # Panics
    /// If the channel has no example configuration.
    #[must_use]
    pub fn sections(&self, channel: &str, http: &str) -> String {
        let path = format!("{}/../deploy/config/{channel}.example.toml", env!("CARGO_MANIFEST_DIR"));
        let example = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let systems = example.lines().filter_map(|line| line.strip_prefix("[systems.")?.strip_suffix(".http]"));
        systems.map(|system| self.section(system, http)).collect()
    }

    /// Its control interface.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(self.url("control").to_owned())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
