//! The credentials that the simulated systems accept. They open nothing but the sandbox.

/// User name of CSG, Basic authentication.
pub const CSG_USER: &str = "sandbox-csg";
/// Password of CSG, Basic authentication.
pub const CSG_PASSWORD: &str = "sandbox-csg-secret";

/// Client number of Aria's core API.
pub const ARIA_CLIENT_NO: u64 = 9_000_555;
/// Key of Aria's core API; 32 characters.
pub const ARIA_AUTH_KEY: &str = "sandbox0aria0key0of032characters";

/// Consumer key of Salesforce's connected app.
pub const SALESFORCE_CLIENT_ID: &str = "sandbox-salesforce";
/// Consumer secret of Salesforce's connected app.
pub const SALESFORCE_CLIENT_SECRET: &str = "sandbox-salesforce-secret";
/// User name of Salesforce, for assertions and for logins with a password.
pub const SALESFORCE_USER: &str = "gateway@sandbox.example.com";
/// Password of Salesforce's user; the security token may follow it.
pub const SALESFORCE_PASSWORD: &str = "sandbox-salesforce-password";
/// Security token of Salesforce's user.
pub const SALESFORCE_SECURITY_TOKEN: &str = "sandboxSecurityToken";

/// User name of Liberate, Basic authentication.
pub const LIBERATE_USER: &str = "sandbox-liberate";
/// Password of Liberate, Basic authentication.
pub const LIBERATE_PASSWORD: &str = "sandbox-liberate-secret";

/// OAuth client of Cerillion's token endpoint.
pub const CERILLION_CLIENT_ID: &str = "sandbox-cerillion";
/// OAuth client secret of Cerillion's token endpoint.
pub const CERILLION_CLIENT_SECRET: &str = "sandbox-cerillion-secret";
/// Realm in the path of Cerillion's token endpoint.
pub const CERILLION_REALM: &str = "sandbox";
/// Organisation in the path of Cerillion's account resources.
pub const CERILLION_ORG: &str = "jm";

/// Amdocs's `X-Api-Key`.
pub const AMDOCS_API_KEY: &str = "sandbox-amdocs-key";

/// Bearer token of the TMF666 server.
pub const TMF666_TOKEN: &str = "sandbox-tmf666-token";

/// `Authorization` value of HTTP Basic for a user and password.
pub(crate) fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Basic {pair}")
}
