//! Who may call, as the configuration file says it.

use backends_http::ConfigProblem;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tmf666_model::codes::{BusinessUnit, CodeTable as _};

use super::problem;
use crate::channel::Channel;
use crate::clients::{Client, Clients, SecretHash, SecretHashes};
use crate::quota::{QuotaSection, QuotaSections, Quotas};

/// `[[clients]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientSection {
    /// The `client_id`.
    pub(crate) id: String,
    /// One or two hashes as `hash-secret` prints them; two while the client changes its secret.
    pub(crate) secrets: Vec<SecretString>,
    /// Business units it may ask about; all if left out.
    #[serde(default)]
    pub(crate) units: Vec<String>,
    /// Operations it may use; all if left out.
    #[serde(default)]
    pub(crate) operations: Vec<String>,
    /// A name that the caller's certificate must be for, beside the right secret; any certificate or none if left out.
    #[serde(default)]
    pub(crate) certificate_name: Option<String>,
    /// How much it may ask of all operations together; without limit if left out.
    #[serde(default)]
    pub(crate) quota: Option<QuotaSection>,
    /// How much it may ask of single operations, besides.
    #[serde(default)]
    pub(crate) quotas: QuotaSections,
}

/// `certificates`: whether callers are asked for one.
pub(super) fn check_clients<C: Channel>(sections: Vec<ClientSection>, certificates: bool, problems: &mut Vec<ConfigProblem>) -> Clients {
    let operations: Vec<_> = C::operations().iter().map(|endpoint| endpoint.spec().name).collect();
    let mut clients: Vec<Client> = Vec::new();
    for (index, section) in sections.into_iter().enumerate() {
        let key = format!("clients[{index}]");
        if clients.iter().any(|client| client.id == section.id) {
            problems.push(problem(format!("{key}.id"), "another client has this id"));
        }
        if section.id.is_empty() || !section.id.bytes().all(|byte| byte.is_ascii_graphic()) {
            problems.push(problem(format!("{key}.id"), "visible ASCII characters are expected"));
        }
        for (at, name) in section.operations.iter().enumerate() {
            if !operations.contains(&name.as_str()) {
                let reason = format!("no such operation; {} has {}", C::NAME, operations.join(", "));
                problems.push(problem(format!("{key}.operations[{at}]"), reason));
            }
        }
        let units = check_units(&section.units, &key, problems);
        let certificate_name = section.certificate_name.and_then(|name| check_certificate_name(name, certificates, &key, problems));
        let quotas = Quotas::checked(section.quota, section.quotas, &operations, &key, problems);
        if let Some(secrets) = check_secrets(&section.secrets, &key, problems) {
            clients.push(Client { id: section.id, secrets, units, operations: section.operations, certificate_name, quotas });
        }
    }
    Clients::new(clients)
}

fn check_units(units: &[String], key: &str, problems: &mut Vec<ConfigProblem>) -> Vec<BusinessUnit> {
    let mut known = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        match BusinessUnit::try_parse(unit) {
            Ok(unit) => known.push(unit),
            Err(_) => problems.push(problem(format!("{key}.units[{at}]"), "no such business unit")),
        }
    }
    known
}

fn check_certificate_name(name: String, asked_for: bool, key: &str, problems: &mut Vec<ConfigProblem>) -> Option<ServerName<'static>> {
    let key = format!("{key}.certificate_name");
    if !asked_for {
        problems.push(problem(key, "callers are asked for no certificate: `server.tls.client_ca_file` is missing"));
        return None;
    }
    ServerName::try_from(name).map_err(|_| problems.push(problem(key, "a DNS name or an IP address is expected"))).ok()
}

fn check_secrets(secrets: &[SecretString], key: &str, problems: &mut Vec<ConfigProblem>) -> Option<SecretHashes> {
    let mut hashes = Vec::new();
    for (at, secret) in secrets.iter().enumerate() {
        match SecretHash::parse(secret.expose_secret()) {
            Some(hash) => hashes.push(hash),
            None => {
                let reason = "sha256$<salt>$<digest> is expected, as `hash-secret` prints it";
                problems.push(problem(format!("{key}.secrets[{at}]"), reason));
            }
        }
    }
    if !(1..=2).contains(&secrets.len()) {
        problems.push(problem(format!("{key}.secrets"), "one or two hashes are expected"));
    }
    let mut hashes = hashes.into_iter();
    let first = hashes.next()?;
    Some(SecretHashes::new(first, hashes.next()))
}
