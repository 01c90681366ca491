//! The section `[systems.tmf666]`.

use backends_http::UpstreamMetrics;
use backends_tmf666::{NumberSearch, Tmf666Client, Tmf666Config};
use prometheus_client::registry::Registry;

fn problems(toml: &str) -> Vec<String> {
    let config: Tmf666Config = toml::from_str(toml).unwrap();
    match Tmf666Client::new(&config, &UpstreamMetrics::register(&mut Registry::default())) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().map(|problem| problem.key).collect(),
    }
}

#[test]
fn credentials_are_a_token_or_a_user_or_nothing() {
    let http = r#"http.base_url = "http://tmf.example.com/tmf-api/accountManagement/v4""#;
    for good in ["", "bearer_token = 'abc'", "username = 'u'\npassword = 'p:q'"] {
        assert!(problems(&format!("{good}\n{http}")).is_empty(), "{good}");
    }
    for (bad, key) in [
        ("bearer_token = 'a'\nusername = 'u'\npassword = 'p'", "bearer_token"),
        ("bearer_token = \"a\\nb\"", "bearer_token"),
        ("username = 'u'", "password"),
        ("password = 'p'", "username"),
        ("username = 'u:v'\npassword = 'p'", "username"),
    ] {
        assert_eq!(problems(&format!("{bad}\n{http}")), [format!("systems.tmf666.{key}")], "{bad}");
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let found = problems("page_size = 0\nmax_accounts = 0\nhttp.base_url = 'tmf.example.com'");
    assert_eq!(found, ["systems.tmf666.page_size", "systems.tmf666.max_accounts", "systems.tmf666.http.base_url"]);
}

#[test]
fn searches_by_number_are_named() {
    let config: Tmf666Config =
        toml::from_str("service_number = 'characteristic:msisdn'\ncontact_number = 'contactMedium'\nhttp.base_url = 'http://x'").unwrap();
    assert_eq!(config.service_number, NumberSearch::Characteristic("msisdn".into()));
    assert_eq!(config.contact_number, NumberSearch::ContactMedium);
    let failure = toml::from_str::<Tmf666Config>("service_number = 'phone'\nhttp.base_url = 'http://x'").unwrap_err();
    assert!(failure.to_string().contains("`contactMedium` or `characteristic:NAME` is expected"), "{failure}");
    assert!(toml::from_str::<Tmf666Config>("serviceNumber = 'contactMedium'\nhttp.base_url = 'http://x'").is_err());
}

#[test]
fn secrets_do_not_print() {
    let mut config = Tmf666Config::sandbox("http://x");
    config.password = Some("hidden".into());
    let printed = format!("{config:?}");
    assert!(!printed.contains("sandbox-tmf666-token") && !printed.contains("hidden"), "{printed}");
}
