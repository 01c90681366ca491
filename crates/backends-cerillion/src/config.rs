use backends_http::{ConfigProblem, SystemConfig};
use secrecy::SecretString;
use serde::Deserialize;

/// How Cerillion is reached and as whom: the section `[systems.cerillion]` (this project's own contract).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CerillionConfig {
    /// Address, deadlines and limits; of the accounts and of the token endpoint.
    pub http: SystemConfig,
    /// Realm in the path of the token endpoint.
    pub realm: String,
    /// Organisation in the path of the accounts.
    pub organisation: String,
    /// OAuth 2 client (RFC 6749, section 4.4).
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

impl CerillionConfig {
    /// The simulated Cerillion at `base_url`, with the credentials that only the sandbox accepts.
    pub fn sandbox(base_url: impl Into<String>) -> Self {
        Self {
            http: SystemConfig::new(base_url),
            realm: "sandbox".to_owned(),
            organisation: "jm".to_owned(),
            client_id: "sandbox-cerillion".to_owned(),
            client_secret: SecretString::from("sandbox-cerillion-secret"),
        }
    }

    /// Adds every mistake to `problems`, each with its key under `prefix` (`systems.cerillion`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        for (key, value) in [("realm", &self.realm), ("organisation", &self.organisation), ("client_id", &self.client_id)] {
            if value.is_empty() {
                problems.push(ConfigProblem { key: format!("{prefix}.{key}"), reason: "a name is expected".to_owned() });
            }
        }
        self.http.check(&format!("{prefix}.http"), problems);
    }
}
