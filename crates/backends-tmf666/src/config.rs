use backends_http::{ConfigProblem, SystemConfig};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::search::NumberSearch;

/// How a TMF666 server is reached and as whom: the section `[systems.tmf666]`.
///
/// Without `bearer_token` and without `username` the requests carry no credentials.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tmf666Config {
    /// Address, deadlines and limits. The base URL includes the API's own path (TMF666 v4.0.0: `/tmf-api/accountManagement/v4`).
    pub http: SystemConfig,
    /// Token of the header `Authorization: Bearer` (RFC 6750).
    #[serde(default)]
    pub bearer_token: Option<SecretString>,
    /// User name of HTTP Basic authentication (RFC 7617); without a colon.
    #[serde(default)]
    pub username: Option<String>,
    /// Password of HTTP Basic authentication.
    #[serde(default)]
    pub password: Option<SecretString>,
    /// How accounts are found by a service number; default `characteristic:serviceNumber`.
    #[serde(default = "by_service_number")]
    pub service_number: NumberSearch,
    /// How accounts are found by a contact number; default `characteristic:contactNumber`.
    #[serde(default = "by_contact_number")]
    pub contact_number: NumberSearch,
    /// Accounts asked for at once. 1 to 1,000; default 100. An answer that holds more than 1,000 is refused.
    #[serde(default = "page_size")]
    pub page_size: usize,
    /// A search that finds more than so many accounts is an error. 1 to 100,000; default 1,000.
    #[serde(default = "max_accounts")]
    pub max_accounts: usize,
}

fn by_service_number() -> NumberSearch {
    NumberSearch::Characteristic("serviceNumber".into())
}

fn by_contact_number() -> NumberSearch {
    NumberSearch::Characteristic("contactNumber".into())
}

const fn page_size() -> usize {
    100
}

const fn max_accounts() -> usize {
    1_000
}

impl Tmf666Config {
    /// A server at `base_url`, the API's own path included, with every other key at its default.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            http: SystemConfig::new(base_url),
            bearer_token: None,
            username: None,
            password: None,
            service_number: by_service_number(),
            contact_number: by_contact_number(),
            page_size: page_size(),
            max_accounts: max_accounts(),
        }
    }

    /// The simulated server at `base_url`, with the token that only the sandbox accepts.
    pub fn sandbox(base_url: impl Into<String>) -> Self {
        let server: String = base_url.into();
        Self {
            bearer_token: Some(SecretString::from("sandbox-tmf666-token")),
            ..Self::new(format!("{server}/tmf-api/accountManagement/v4"))
        }
    }

    /// Adds every mistake to `problems`, each with its key under `prefix` (`systems.tmf666`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        let mut problem =
            |key: &str, reason: &str| problems.push(ConfigProblem { key: format!("{prefix}.{key}"), reason: reason.to_owned() });
        if let Err((key, reason)) = self.authorization() {
            problem(key, reason);
        }
        if !(1..=1_000).contains(&self.page_size) {
            problem("page_size", "a number from 1 to 1000 is expected");
        }
        if !(1..=100_000).contains(&self.max_accounts) {
            problem("max_accounts", "a number from 1 to 100000 is expected");
        }
        self.http.check(&format!("{prefix}.http"), problems);
    }

    /// The value of the header `Authorization`, or the key that is wrong and why.
    pub(crate) fn authorization(&self) -> Result<Option<HeaderValue>, (&'static str, &'static str)> {
        let (key, text) = match (&self.bearer_token, &self.username, &self.password) {
            (None, None, None) => return Ok(None),
            (Some(token), None, None) => ("bearer_token", format!("Bearer {}", token.expose_secret())),
            (None, Some(username), Some(_)) if username.is_empty() || username.contains(':') => {
                return Err(("username", "a name without a colon is expected"));
            }
            (None, Some(username), Some(password)) => {
                ("password", format!("Basic {}", STANDARD.encode(format!("{username}:{}", password.expose_secret()))))
            }
            (None, Some(_), None) => return Err(("password", "it belongs to the username")),
            (None, None, Some(_)) => return Err(("username", "it belongs to the password")),
            (Some(_), ..) => return Err(("bearer_token", "either a token or a username and a password is expected")),
        };
        let mut value = HeaderValue::try_from(text).map_err(|_| (key, "visible ASCII characters are expected"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}
