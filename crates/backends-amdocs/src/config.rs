use backends_http::{ConfigProblem, SystemConfig};
use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// How Amdocs is reached and as whom: the section `[systems.amdocs]` (this project's own contract).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmdocsConfig {
    /// Address, deadlines and limits.
    pub http: SystemConfig,
    /// Value of the header `X-Api-Key`; visible ASCII characters.
    pub api_key: SecretString,
}

impl AmdocsConfig {
    /// The simulated Amdocs at `base_url`, with the key that only the sandbox accepts.
    pub fn sandbox(base_url: impl Into<String>) -> Self {
        Self { http: SystemConfig::new(base_url), api_key: SecretString::from("sandbox-amdocs-key") }
    }

    /// Adds every mistake to `problems`, each with its key under `prefix` (`systems.amdocs`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        if self.api_key_header().is_none() {
            problems.push(ConfigProblem { key: format!("{prefix}.api_key"), reason: "visible ASCII characters are expected".to_owned() });
        }
        self.http.check(&format!("{prefix}.http"), problems);
    }

    pub(crate) fn api_key_header(&self) -> Option<HeaderValue> {
        let key = self.api_key.expose_secret();
        let is_visible = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        let mut value = HeaderValue::from_str(key).ok().filter(|_| is_visible)?;
        value.set_sensitive(true);
        Some(value)
    }
}
