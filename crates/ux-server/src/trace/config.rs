//! Section `[tracing]` of the configuration file.

use backends_http::ConfigProblem;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};
use serde::Deserialize;

/// `[tracing]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TracingSection {
    /// Base URL of an OTLP receiver over HTTP, as in `http://collector:4318`.
    otlp_endpoint: String,
    /// Which part of the requests is traced whose callers have not decided that. 0 to 1.
    #[serde(default = "default_ratio")]
    sample_ratio: f64,
    /// `service.name` of the spans; the channel if left out.
    #[serde(default)]
    service_name: Option<String>,
}

const fn default_ratio() -> f64 {
    0.01
}

/// The section without mistakes.
#[derive(Debug)]
pub(crate) struct TracingConfig {
    pub(crate) authority: Authority,
    pub(crate) path: Uri,
    pub(crate) host: HeaderValue,
    /// A trace is sampled if the lower half of its id is not above; `None` for none at all.
    pub(crate) sampled_up_to: Option<u64>,
    pub(crate) service_name: Option<String>,
}

impl TracingSection {
    pub(crate) fn check(self, problems: &mut Vec<ConfigProblem>) -> Option<TracingConfig> {
        let mut mistake = |key: &str, reason: &str| {
            problems.push(ConfigProblem { key: format!("tracing.{key}"), reason: reason.to_owned() });
        };
        let in_range = (0.0..=1.0).contains(&self.sample_ratio);
        if !in_range {
            mistake("sample_ratio", "0 to 1 is expected");
        }
        let endpoint = endpoint(&self.otlp_endpoint);
        if endpoint.is_none() {
            mistake("otlp_endpoint", "a URL with http:// and without a query is expected, as in http://collector:4318");
        }
        let (authority, path, host) = endpoint.filter(|_| in_range)?;
        Some(TracingConfig { authority, path, host, sampled_up_to: threshold(self.sample_ratio), service_name: self.service_name })
    }
}

/// The receiver's address, and the path that OTLP appends.
fn endpoint(text: &str) -> Option<(Authority, Uri, HeaderValue)> {
    let url = text.parse::<Uri>().ok()?;
    let authority = url.authority().filter(|authority| !authority.as_str().contains('@'))?.clone();
    let fits = url.scheme() == Some(&Scheme::HTTP) && url.query().is_none();
    let path = format!("{}/v1/traces", url.path().trim_end_matches('/')).parse().ok()?;
    let host = HeaderValue::from_str(authority.as_str()).ok()?;
    fits.then_some((authority, path, host))
}

#[expect(clippy::float_arithmetic, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of traces, not of money")]
fn threshold(ratio: f64) -> Option<u64> {
    (ratio > 0.0).then_some((ratio * u64::MAX as f64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_an_address_and_a_path() {
        let (authority, path, host) = endpoint("http://collector:4318/otlp/").unwrap();
        assert_eq!((authority.as_str(), path.path(), host.to_str().unwrap()), ("collector:4318", "/otlp/v1/traces", "collector:4318"));
        for wrong in ["", "collector:4318", "https://collector", "http://u:p@collector", "http://collector?x=1", "/v1"] {
            assert!(endpoint(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_ratio_is_a_part_of_all_ids() {
        assert_eq!([threshold(0.0), threshold(1.0)], [None, Some(u64::MAX)]);
        assert_eq!(threshold(0.5).map(|most| most >> 60), Some(8));
    }
}
