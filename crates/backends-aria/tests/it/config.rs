use backends_aria::AriaConfig;
use backends_http::ConfigProblem;
use bss_sandbox::credentials::{ARIA_AUTH_KEY, ARIA_CLIENT_NO};
use secrecy::{ExposeSecret as _, SecretString};

fn problems(config: &AriaConfig) -> Vec<String> {
    let mut problems = Vec::new();
    config.check("systems.aria", &mut problems);
    problems.into_iter().map(|ConfigProblem { key, .. }| key).collect()
}

#[test]
fn the_sandbox_accepts_the_sandbox_configuration() {
    let config = AriaConfig::sandbox("http://127.0.0.1:1");
    assert_eq!((config.client_no, config.auth_key.expose_secret()), (ARIA_CLIENT_NO, ARIA_AUTH_KEY));
    assert_eq!(problems(&config), [""; 0]);
}

#[test]
fn every_mistake_is_reported_at_once() {
    let mut config = AriaConfig::new("ftp://aria.example.com", 0, SecretString::from("too short"));
    config.tax_reason_field.clear();
    assert_eq!(
        problems(&config),
        ["systems.aria.http.base_url", "systems.aria.client_no", "systems.aria.auth_key", "systems.aria.tax_reason_field"]
    );
}

#[test]
fn the_key_is_not_printed() {
    let config = AriaConfig::sandbox("http://127.0.0.1:1");
    assert!(!format!("{config:?}").contains(ARIA_AUTH_KEY));
}
