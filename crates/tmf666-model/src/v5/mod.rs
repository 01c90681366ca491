//! TMF666 version 5: the projection of a version-4 account to the account of TMF666 v5.0.0.
//!
//! Every object carries its `@type` by construction, references and values, parties and party roles, and the contact
//! media are types of their own. What the projection writes fits the official v5.0.0 schemas, read with their
//! discriminator (a plain `oneOf` there accepts a reference under two branches).
//!
//! | version 4 | version 5 |
//! |---|---|
//! | `lastModified` | `lastUpdate` |
//! | `relatedParty {id, name, …, role}` | `RelatedPartyRefOrPartyRoleRef {role, partyOrPartyRole}`, a `PartyRoleRef` where `@referredType` is a party role |
//! | `contactMedium.mediumType` and `.characteristic` | one flat `EmailContactMedium`, `PhoneContactMedium`, … for each thing that the characteristic holds; `mediumType` becomes `contactType` where the characteristic has none |
//! | `isRef` | `BillFormatRef` or `BillFormat`, and so on |
//! | `AccountTaxExemption` | `TaxExemptionCertificate` |
//! | `@type` of a reference that names the type referred to | `@referredType` |
//! | extensions and unknown members | carried on as they are |
//! | `dateShift`, `financialAccount.accountBalance`, `accountRelationship.account.description`, a custom `@type` | left out |
//! | a value that has no place in the type of version 5: a member of another type, a date that is no date-time, a reference without `id` | left out |
//!
//! Nothing is left out silently: [`Projection::left_out`] lists it.

mod account;
mod bill_structure;
mod contact;
mod context;
mod object;
mod party;
mod payment;
mod reference;
mod tax;

pub use account::{AccountBalance, AccountRelationship, BillingAccount};
pub use bill_structure::{BillFormat, BillPresentationMedia, BillStructure, BillingCycleSpecification, RefOrValue};
pub use contact::{
    Contact, ContactMedium, EmailContactMedium, FaxContactMedium, GeographicAddressContactMedium, OtherContactMedium, PhoneContactMedium,
    SocialContactMedium,
};
pub use party::{PartyOrPartyRole, RelatedPartyRefOrPartyRoleRef};
pub use payment::PaymentPlan;
pub use reference::{
    AccountRef, BillFormatRef, BillPresentationMediaRef, BillingCycleSpecificationRef, FinancialAccountRef, PartyRef, PartyRoleRef,
    PaymentMethodRef,
};
pub use tax::{Attachment, Quantity, TaxDefinition, TaxExemptionCertificate};

/// An account in the shape of version 5, and what had no place in it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Projection {
    /// The account; it serialises to the version-5 JSON.
    pub account: BillingAccount,
    /// What of the version-4 account is not in it, in no particular order.
    pub left_out: Vec<LeftOut>,
}

/// A part of a version-4 account that has no place in version 5.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Where it was, a JSON pointer (RFC 6901) into the version-4 account.
    pub pointer: String,
    /// Why it was left out.
    pub reason: LeftOutReason,
}

/// Why a part of an account was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftOutReason {
    /// Version 5 has no such member.
    NotInVersion5,
    /// The value is not of the type that version 5 demands.
    WrongType,
    /// The text is no RFC 3339 date-time.
    NotADateTime,
    /// The reference at this place: version 5 has none without `id`.
    ReferenceWithoutId,
    /// Version 5 puts it where another member of the same name already is.
    Duplicate,
}

/// Projects a version-4 account to version 5.
///
/// ```
/// use tmf666_model::{BillingAccount, v5};
///
/// let account: BillingAccount = serde_json::from_str(
///     r#"{"id":"7001","lastModified":"2024-06-14T00:00:00Z","relatedParty":[{"id":"41","role":"owner","@referredType":"Customer"}]}"#,
/// )?;
/// let projection = v5::project(account);
/// assert_eq!(
///     serde_json::to_string(&projection.account)?,
///     r#"{"@type":"BillingAccount","id":"7001","lastUpdate":"2024-06-14T00:00:00Z","relatedParty":[{"@type":"RelatedPartyRefOrPartyRoleRef","role":"owner","partyOrPartyRole":{"@type":"PartyRoleRef","id":"41","@referredType":"Customer"}}]}"#,
/// );
/// assert!(projection.left_out.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn project(account: crate::BillingAccount) -> Projection {
    let mut context = context::Context::default();
    let account = account::billing_account(account, &mut context);
    Projection { account, left_out: context.left_out }
}
