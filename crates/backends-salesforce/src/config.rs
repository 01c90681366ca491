//! What a deployment says about its Salesforce.

use backends_http::{ConfigProblem, SystemConfig};
use secrecy::SecretString;
use serde::Deserialize;

use crate::jwt::Signer;
use crate::names::Names;

/// How Salesforce is reached, who we are there, and what the org calls its fields. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SalesforceConfig {
    /// Where the org is (its My Domain address): tokens are fetched there, and the API is there.
    pub http: SystemConfig,
    /// The consumer key of the connected app.
    pub client_id: String,
    /// The consumer secret, for the client credentials flow. Either this or `jwt`.
    #[serde(default)]
    pub client_secret: Option<SecretString>,
    /// For the JWT bearer flow. Either this or `client_secret`.
    #[serde(default)]
    pub jwt: Option<JwtConfig>,
    /// Version of the REST API, as in `62.0` (the default).
    #[serde(default = "default_api_version")]
    pub api_version: String,
    /// What the `href` of an account begins with; absent: the address that Salesforce names with the token.
    #[serde(default)]
    pub href_base: Option<String>,
    /// The bill delivery method that means an electronic bill. Default `eBill`.
    #[serde(default = "default_ebill")]
    pub ebill: String,
    /// The bill delivery method that is set when a customer leaves the electronic bill. Default `Paper`.
    #[serde(default = "default_paper")]
    pub paper: String,
    /// What the org calls its objects and fields.
    #[serde(default)]
    pub names: Names,
}

/// How an assertion for the JWT bearer flow is made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtConfig {
    /// The user name that the gateway acts as.
    pub user: String,
    /// RSA private key, PEM; its certificate is in the connected app.
    pub private_key: SecretString,
    /// The login host that the assertion is for. Default `https://login.salesforce.com`.
    #[serde(default = "default_audience")]
    pub audience: String,
}

fn default_api_version() -> String {
    "62.0".to_owned()
}

fn default_ebill() -> String {
    "eBill".to_owned()
}

fn default_paper() -> String {
    "Paper".to_owned()
}

fn default_audience() -> String {
    "https://login.salesforce.com".to_owned()
}

impl SalesforceConfig {
    /// A Salesforce at `base_url` with the client credentials flow, everything else at its default.
    pub fn new(base_url: impl Into<String>, client_id: impl Into<String>, client_secret: SecretString) -> Self {
        Self {
            http: SystemConfig::new(base_url),
            client_id: client_id.into(),
            client_secret: Some(client_secret),
            jwt: None,
            api_version: default_api_version(),
            href_base: None,
            ebill: default_ebill(),
            paper: default_paper(),
            names: Names::default(),
        }
    }

    /// The simulated Salesforce at `base_url`, with the sandbox's credentials and the `href`s of the channel documents.
    pub fn sandbox(base_url: impl Into<String>) -> Self {
        Self {
            href_base: Some("https://example--dev.sandbox.my.salesforce.com".to_owned()),
            ..Self::new(base_url, "sandbox-salesforce", SecretString::from("sandbox-salesforce-secret"))
        }
    }

    /// Adds every mistake to `problems`, each under `prefix` (`systems.salesforce`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        self.http.check(&format!("{prefix}.http"), problems);
        let mut mistake = |key: &str, reason: &str| {
            problems.push(ConfigProblem { key: format!("{prefix}.{key}"), reason: reason.to_owned() });
        };
        if self.client_id.is_empty() {
            mistake("client_id", "the consumer key of the connected app is expected");
        }
        if !is_version(&self.api_version) {
            mistake("api_version", "a version such as 62.0 is expected");
        }
        if self.href_base.as_deref().is_some_and(|base| !base.starts_with("https://") || base.ends_with('/')) {
            mistake("href_base", "an address such as https://example.my.salesforce.com is expected");
        }
        if self.ebill.is_empty() || self.paper.is_empty() || self.ebill == self.paper {
            mistake("ebill", "ebill and paper are two different bill delivery methods");
        }
        match (&self.client_secret, &self.jwt) {
            (Some(_), None) => {}
            (None, Some(jwt)) => {
                if let Err(reason) = jwt.signer(&self.client_id) {
                    mistake("jwt.private_key", reason);
                }
            }
            _ => mistake("client_secret", "either client_secret or jwt is expected, and not both"),
        }
        self.names.check(&format!("{prefix}.names"), problems);
    }
}

impl JwtConfig {
    pub(crate) fn signer(&self, client_id: &str) -> Result<Signer, &'static str> {
        Signer::new(client_id, &self.user, &self.audience, &self.private_key)
    }
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
}
