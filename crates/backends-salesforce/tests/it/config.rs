use backends_http::ConfigProblem;
use backends_salesforce::{Names, SalesforceConfig};
use bss_sandbox::credentials;
use secrecy::{ExposeSecret as _, SecretString};

use crate::tokens::jwt;

fn problems(config: &SalesforceConfig) -> Vec<String> {
    let mut problems = Vec::new();
    config.check("systems.salesforce", &mut problems);
    problems.into_iter().map(|ConfigProblem { key, .. }| key).collect()
}

#[test]
fn the_sandbox_accepts_the_sandbox_configuration() {
    let config = SalesforceConfig::sandbox("http://127.0.0.1:1");
    assert_eq!(config.client_id, credentials::SALESFORCE_CLIENT_ID);
    assert_eq!(config.client_secret.as_ref().unwrap().expose_secret(), credentials::SALESFORCE_CLIENT_SECRET);
    assert_eq!(problems(&config), [""; 0]);
}

#[test]
fn a_file_may_say_as_little_as_possible() {
    let text = r#"
        client_id = "consumer-key"
        client_secret = "consumer-secret"
        [http]
        base_url = "https://example.my.salesforce.com"
    "#;
    let config: SalesforceConfig = toml::from_str(text).unwrap();
    assert_eq!((config.names, config.api_version.as_str()), (Names::default(), "62.0"));
}

#[test]
fn a_name_that_is_configured_leaves_the_others_as_they_are() {
    let text = r#"
        client_id = "consumer-key"
        client_secret = "consumer-secret"
        [http]
        base_url = "http://salesforce.example.com"
        [names.account]
        status = "Status__c"
    "#;
    let config: SalesforceConfig = toml::from_str(text).unwrap();
    assert_eq!(config.names.account.status, "Status__c");
    assert_eq!(config.names.account.email, "vlocity_cmt__BillingEmailAddress__c");
    assert!(toml::from_str::<SalesforceConfig>(&text.replace("status", "statuss")).is_err(), "unknown names are refused");
}

#[test]
fn every_mistake_is_reported_at_once() {
    let mut config = SalesforceConfig::new("nowhere", "", SecretString::from("secret"));
    config.jwt = Some(jwt("pkcs8"));
    config.api_version = "v62".to_owned();
    config.href_base = Some("salesforce.com".to_owned());
    config.paper = config.ebill.clone();
    config.names.account.status = "Status__c FROM Account".to_owned();
    config.names.account.object = String::new();
    config.names.contact.role = "1Role".to_owned();
    config.names.payment_method.token = "x".repeat(61);
    config.names.change_request.object = "Rôle__c".to_owned();
    assert_eq!(
        problems(&config),
        [
            "systems.salesforce.http.base_url",
            "systems.salesforce.client_id",
            "systems.salesforce.api_version",
            "systems.salesforce.href_base",
            "systems.salesforce.ebill",
            "systems.salesforce.client_secret",
            "systems.salesforce.names.account.object",
            "systems.salesforce.names.account.status",
            "systems.salesforce.names.payment_method.token",
            "systems.salesforce.names.contact.role",
            "systems.salesforce.names.change_request.object",
        ]
    );
}

#[test]
fn a_key_that_cannot_sign_is_a_mistake() {
    let mut config = SalesforceConfig::sandbox("http://127.0.0.1:1");
    config.client_secret = None;
    for key in ["", "not a key", include_str!("../fixtures/jwt-key.public.pem")] {
        config.jwt = Some(backends_salesforce::JwtConfig { private_key: SecretString::from(key), ..jwt("pkcs8") });
        assert_eq!(problems(&config), ["systems.salesforce.jwt.private_key"], "{key}");
    }
    config.jwt = None;
    assert_eq!(problems(&config), ["systems.salesforce.client_secret"]);
}

#[test]
fn secrets_are_not_printed() {
    let mut config = SalesforceConfig::sandbox("http://127.0.0.1:1");
    config.jwt = Some(jwt("pkcs8"));
    let printed = format!("{config:?}");
    assert!(!printed.contains(credentials::SALESFORCE_CLIENT_SECRET) && !printed.contains("PRIVATE KEY"), "{printed}");
}
