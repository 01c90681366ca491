//! What a deployment has to say about its CSG.

use backends_http::{ConfigProblem, SystemConfig};
use secrecy::SecretString;
use serde::Deserialize;

/// How CSG is reached and as whom: the section `[systems.csg]` (this project's own contract).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsgConfig {
    /// User name of HTTP Basic.
    pub username: String,
    /// Password of HTTP Basic.
    pub password: SecretString,
    /// CSG's number of the system that holds the accounts, sent as `Sys`. Default `8211`.
    #[serde(default = "default_sys")]
    pub sys: String,
    /// Address, deadlines and limits.
    pub http: SystemConfig,
}

fn default_sys() -> String {
    "8211".to_owned()
}

impl CsgConfig {
    /// The simulated CSG at `base_url`, with the credentials that only the sandbox accepts.
    pub fn sandbox(base_url: impl Into<String>) -> Self {
        Self {
            username: "sandbox-csg".to_owned(),
            password: SecretString::from("sandbox-csg-secret"),
            sys: default_sys(),
            http: SystemConfig::new(base_url),
        }
    }

    /// Adds every mistake to `problems`, each with its key under `prefix` (`systems.csg`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        if self.username.is_empty() || self.username.contains(':') {
            problems.push(ConfigProblem { key: format!("{prefix}.username"), reason: "a name without a colon is expected".to_owned() });
        }
        if self.sys.is_empty() || !self.sys.bytes().all(|b| b.is_ascii_alphanumeric()) {
            problems.push(ConfigProblem { key: format!("{prefix}.sys"), reason: "letters and digits are expected".to_owned() });
        }
        self.http.check(&format!("{prefix}.http"), problems);
    }
}
