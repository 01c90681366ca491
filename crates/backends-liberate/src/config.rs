use backends_http::{ConfigProblem, SystemConfig};
use secrecy::SecretString;
use serde::Deserialize;

/// How Liberate is reached: the section `systems.liberate` of a channel's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiberateConfig {
    /// Address, time limits and limits of use.
    pub http: SystemConfig,
    /// User name of HTTP Basic authentication (RFC 7617); without a colon.
    pub username: String,
    /// Password of HTTP Basic authentication.
    pub password: SecretString,
}

impl LiberateConfig {
    /// The sandbox's Liberate at `base_url`, with the credentials that open it and nothing else.
    pub fn sandbox(base_url: impl Into<String>) -> Self {
        Self {
            http: SystemConfig::new(base_url),
            username: "sandbox-liberate".to_owned(),
            password: SecretString::from("sandbox-liberate-secret"),
        }
    }

    /// Adds every mistake to `problems`, each with its key under `prefix` (`systems.liberate`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        if self.username.is_empty() || self.username.contains(':') {
            problems.push(ConfigProblem { key: format!("{prefix}.username"), reason: "a name without a colon is expected".to_owned() });
        }
        self.http.check(&format!("{prefix}.http"), problems);
    }
}
