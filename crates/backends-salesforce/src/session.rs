//! What the API needs of an access token.

use http::{HeaderName, HeaderValue, header};

/// A session with the API: the token as it is sent, and where the org's records are.
#[derive(Debug)]
pub(crate) struct Session {
    /// Authorization, and what every request to the API carries beside it; the last one only where there is a body.
    pub(crate) headers: [(HeaderName, HeaderValue); 3],
    /// What the `href` of an account begins with.
    pub(crate) href_base: String,
}

impl Session {
    /// `None` if the token holds what no header can hold.
    pub(crate) fn new(access_token: &str, href_base: String) -> Option<Self> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {access_token}")).ok()?;
        authorization.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        let headers = [(header::AUTHORIZATION, authorization), (header::ACCEPT, json.clone()), (header::CONTENT_TYPE, json)];
        Some(Self { headers, href_base })
    }
}
