//! What a deployment says about its Aria.

use backends_http::{ConfigProblem, SystemConfig};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// How Aria is reached and who we are there. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AriaConfig {
    /// Where Aria is; `/v1/core` is appended to the base URL.
    pub http: SystemConfig,
    /// The client number that Aria gave to this company.
    pub client_no: u64,
    /// The key of 32 characters that belongs to the client number. It travels in the body of every request.
    pub auth_key: SecretString,
    /// Name of the supplementary field that holds the number of the tax exemption certificate.
    #[serde(default = "default_certificate_field")]
    pub tax_certificate_field: String,
    /// Name of the supplementary field that holds the reason of the tax exemption.
    #[serde(default = "default_reason_field")]
    pub tax_reason_field: String,
}

fn default_certificate_field() -> String {
    "tax_exempt_certificate".to_owned()
}

fn default_reason_field() -> String {
    "tax_exempt_reason".to_owned()
}

/// Length of every key that Aria issues.
const AUTH_KEY_LENGTH: usize = 32;

impl AriaConfig {
    /// An Aria at `base_url` with these credentials, everything else at its default.
    pub fn new(base_url: impl Into<String>, client_no: u64, auth_key: SecretString) -> Self {
        Self {
            http: SystemConfig::new(base_url),
            client_no,
            auth_key,
            tax_certificate_field: default_certificate_field(),
            tax_reason_field: default_reason_field(),
        }
    }

    /// The simulated Aria at `base_url`, with the sandbox's credentials.
    pub fn sandbox(base_url: impl Into<String>) -> Self {
        Self::new(base_url, 9_000_555, SecretString::from("sandbox0aria0key0of032characters"))
    }

    /// Adds every mistake to `problems`, each under `prefix` (`systems.aria`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        self.http.check(&format!("{prefix}.http"), problems);
        let mut mistake = |key: &str, reason: &str| {
            problems.push(ConfigProblem { key: format!("{prefix}.{key}"), reason: reason.to_owned() });
        };
        if self.client_no == 0 {
            mistake("client_no", "a number above 0 is expected");
        }
        let key = self.auth_key.expose_secret();
        if key.len() != AUTH_KEY_LENGTH || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            mistake("auth_key", "32 visible ASCII characters are expected");
        }
        if self.tax_certificate_field.is_empty() {
            mistake("tax_certificate_field", "the name of a supplementary field is expected");
        }
        if self.tax_reason_field.is_empty() {
            mistake("tax_reason_field", "the name of a supplementary field is expected");
        }
    }
}
