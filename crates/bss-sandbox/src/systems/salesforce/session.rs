//! Who may ask: the OAuth token endpoint, the SOAP login that older clients use, and the tokens they gave out.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::StatusCode;
use quick_xml::escape::{escape, unescape};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::credentials::{SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET, SALESFORCE_PASSWORD, SALESFORCE_SECURITY_TOKEN, SALESFORCE_USER};
use crate::exchange::{Answer, Request, form_pairs};
use crate::ledger::lock;

const ORGANISATION: &str = "00D5e0000000001EAA";
const USER_ID: &str = "0055e0000000001AAC";

/// The tokens that are good.
#[derive(Default)]
pub(super) struct Sessions {
    tokens: Mutex<BTreeSet<String>>,
}

/// Why no token is granted: an `error` with its `error_description`.
type Refusal = (&'static str, &'static str);

impl Sessions {
    fn grant(&self) -> String {
        // Every `RandomState` is another one.
        let secret = RandomState::new().build_hasher().finish();
        let token = format!("{}!AQ{secret:016x}.sandbox", &ORGANISATION[..15]);
        lock(&self.tokens).insert(token.clone());
        token
    }

    /// Ends a session; whether there was one.
    pub(super) fn end(&self, token: &str) -> bool {
        lock(&self.tokens).remove(token)
    }

    pub(super) fn accepts(&self, request: &Request) -> bool {
        token_of(request).is_some_and(|token| lock(&self.tokens).contains(token))
    }

    /// `POST /services/oauth2/token`
    pub(super) fn token(&self, request: &Request) -> Answer {
        let form: BTreeMap<String, String> = std::str::from_utf8(&request.body).map(form_pairs).unwrap_or_default().into_iter().collect();
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let granted = match field("grant_type") {
            "client_credentials" => check_client(request, field("client_id"), field("client_secret")),
            "password" => check_client(request, field("client_id"), field("client_secret"))
                .and_then(|()| if is_user(field("username"), field("password")) { Ok(()) } else { Err(AUTHENTICATION) }),
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => check_assertion(field("assertion")),
            _ => Err(("unsupported_grant_type", "grant type not supported")),
        };
        match granted {
            Ok(()) => {
                let instance = own_address(request);
                let body = serde_json::json!({
                    "access_token": self.grant(),
                    "scope": "api",
                    "instance_url": instance,
                    "id": format!("{instance}/id/{ORGANISATION}/{USER_ID}"),
                    "token_type": "Bearer",
                    "issued_at": "1704067200000",
                    "signature": "c2FuZGJveA==",
                });
                Answer::json("token", StatusCode::OK, body.to_string())
            }
            Err((error, description)) => refused(error, description),
        }
    }

    /// `POST /services/oauth2/revoke`
    pub(super) fn revoke(&self, request: &Request) -> Answer {
        let form = std::str::from_utf8(&request.body).map(form_pairs).unwrap_or_default();
        let ended = form.iter().any(|(name, token)| name == "token" && self.end(token));
        if ended { Answer::json("revoke", StatusCode::OK, "") } else { refused("unsupported_token_type", "this token is not known") }
    }

    /// `POST /services/Soap/u/{version}`, the operation `login` only.
    pub(super) fn soap_login(&self, request: &Request) -> Answer {
        let body = String::from_utf8_lossy(&request.body);
        let (user, password) = (element(&body, "username"), element(&body, "password"));
        if !is_user(&user, &password) {
            let body = envelope(INVALID_LOGIN);
            return Answer::new("login", StatusCode::INTERNAL_SERVER_ERROR, "text/xml; charset=UTF-8", body);
        }
        let server = format!("{}{}/{}", own_address(request), request.path(), &ORGANISATION[..15]);
        let result = format!(
            "<loginResponse><result><passwordExpired>false</passwordExpired><sandbox>true</sandbox><serverUrl>{}</serverUrl>\
             <sessionId>{}</sessionId><userId>{USER_ID}</userId><userInfo><organizationId>{ORGANISATION}</organizationId>\
             <sessionSecondsValid>7200</sessionSecondsValid><userId>{USER_ID}</userId></userInfo></result></loginResponse>",
            escape(&server),
            self.grant()
        );
        Answer::new("login", StatusCode::OK, "text/xml; charset=UTF-8", envelope(&result))
    }
}

const INVALID_LOGIN: &str = "<soapenv:Fault><faultcode>sf:INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: Invalid username, \
    password, security token; or user locked out.</faultstring><detail><sf:LoginFault xmlns:sf=\"urn:fault.partner.soap.sforce.com\">\
    <sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode><sf:exceptionMessage>Invalid username, password, security token; or user locked \
    out.</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>";

const AUTHENTICATION: Refusal = ("invalid_grant", "authentication failure");

/// A failure of the token endpoint: an object, unlike every other failure.
pub(super) fn refused(error: &str, description: &str) -> Answer {
    let body = serde_json::json!({ "error": error, "error_description": description });
    Answer::json("token", StatusCode::BAD_REQUEST, body.to_string())
}

/// The token that a request brings.
pub(super) fn token_of(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    ["Bearer", "OAuth"].iter().any(|known| known.eq_ignore_ascii_case(scheme)).then_some(token)
}

/// The client may come in the form or as HTTP Basic.
fn check_client(request: &Request, id: &str, secret: &str) -> Result<(), Refusal> {
    let basic = || {
        let pair = STANDARD.decode(request.header("authorization")?.strip_prefix("Basic ")?).ok()?;
        let pair = String::from_utf8(pair).ok()?;
        pair.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
    };
    let (id, secret) = basic().unwrap_or_else(|| (id.to_owned(), secret.to_owned()));
    match (id.as_str(), secret.as_str()) {
        (SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET) => Ok(()),
        (SALESFORCE_CLIENT_ID, _) => Err(("invalid_client", "invalid client credentials")),
        _ => Err(("invalid_client_id", "client identifier invalid")),
    }
}

fn is_user(name: &str, password: &str) -> bool {
    let bare = password.strip_suffix(SALESFORCE_SECURITY_TOKEN).unwrap_or(password);
    name == SALESFORCE_USER && bare == SALESFORCE_PASSWORD
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    /// Some clients send it as text.
    exp: Json,
}

impl Claims {
    fn exp(&self) -> Option<u64> {
        self.exp.as_u64().or_else(|| self.exp.as_str()?.parse().ok())
    }
}

/// Seconds that an assertion may be good for, and a few for a clock that is ahead.
const LONGEST_ASSERTION: u64 = 180 + 5;

/// The assertion's claims are checked. Its signature is not: the sandbox has no certificate to check it against.
fn check_assertion(assertion: &str) -> Result<(), Refusal> {
    let invalid = ("invalid_grant", "invalid assertion");
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err(invalid) };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| invalid);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| invalid)?;
    let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| invalid)?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let login_hosts = ["https://login.salesforce.com", "https://test.salesforce.com"];
    let exp = claims.exp().ok_or(invalid)?;
    let checks = [
        (header.alg == "RS256" && !decode(signature)?.is_empty(), invalid),
        (claims.iss == SALESFORCE_CLIENT_ID, ("invalid_client_id", "client identifier invalid")),
        (login_hosts.contains(&claims.aud.as_str()), ("invalid_grant", "audience is invalid")),
        (exp >= now, ("invalid_grant", "expired authorization code")),
        (exp <= now + LONGEST_ASSERTION, ("invalid_grant", "the assertion is valid for too long")),
        (claims.sub == SALESFORCE_USER, ("invalid_grant", "user hasn't approved this consumer")),
    ];
    checks.into_iter().find(|(passed, _)| !passed).map_or(Ok(()), |(_, refusal)| Err(refusal))
}

/// The address by which the client reached the sandbox: for an ordinary client it is the instance.
fn own_address(request: &Request) -> String {
    format!("http://{}", request.header("host").unwrap_or("127.0.0.1"))
}

/// The text of the first element of this name, whatever its prefix.
fn element(xml: &str, name: &str) -> String {
    let text = || {
        let (_, after) = xml.split_once(&format!("{name}>"))?;
        let (text, _) = after.split_once('<')?;
        Some(unescape(text).ok()?.into_owned())
    };
    text().unwrap_or_default()
}

fn envelope(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns=\"urn:partner.soap.sforce.com\"><soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    )
}
