//! Aria's code tables: what an error code becomes, and the codes that an account may carry.

use backends_http::{BackendError, Outage, Reply};

/// The call found nothing to tell about an account that exists.
pub(crate) const NO_DATA: i64 = 1002;

/// What `error_code` means (0 is success and not asked here).
pub(crate) fn failure(reply: &Reply, error_code: i64) -> BackendError {
    match error_code {
        1001 => reply.unavailable(Outage::SystemDown),
        NO_DATA | 1009 | 1013 | 14046 | 14047 => reply.not_found(),
        1003 | 1004 | 1005 | 1011 => reply.misconfigured(format!("error_code {error_code}")),
        // Both arguments of every call here, the account and the plan instance, are the caller's.
        1010 | 1012 | 1016 | 1024 | 1033 => reply.rejected(format!("error_code {error_code}")),
        _ => reply.malformed_because("error_code", format!("error_code {error_code} is not documented")),
    }
}

/// Name of the table of payment method types, for the count of unknown codes.
pub(crate) const PAY_METHOD_TYPES: &str = "AriaPayMethodType";

/// 1 credit card, 2 ACH, 3 prepaid, 4 to 7 and 9, 12, 15 to 19 net terms, 11 PayPal, 13 tokenised card, 26 direct debit,
/// -1 external, 0 other.
pub(crate) fn is_pay_method_type(code: &str) -> bool {
    matches!(code.parse::<i64>(), Ok(-1..=7 | 9 | 11..=13 | 15..=19 | 26))
}

/// Name of the table of payment options, for the count of unknown codes.
pub(crate) const PAYMENT_OPTIONS: &str = "AriaPaymentOption";

/// Methods is automatic payment, Terms is not.
pub(crate) fn is_payment_option(code: &str) -> bool {
    matches!(code, "Methods" | "Terms")
}
