//! The BillingAccount and its sub-resources, one file per part of the account.
//!
//! Members follow TMF666 v4.0.0, `ratingType` 4.1.0. Members marked *Extension* are not TMF666's: the channels'
//! documents add them. Dates are text and stay as the billing system wrote them: some systems send `""` or
//! `0001-01-01T00:00:00.000Z` for "no date", some an offset, and callers get what was sent.

mod balance;
mod bill_structure;
mod billing_account;
mod characteristic;
mod contact;
mod party;
mod payment;
mod relationship;
mod tax;

pub use balance::{AccountBalance, Money, TimePeriod};
pub use bill_structure::{BillFormat, BillPresentationMedia, BillStructure, BillingCycleSpecification};
pub use billing_account::BillingAccount;
pub use characteristic::{Characteristic, IdentityDocument};
pub use contact::{Contact, ContactMedium, MediumCharacteristic};
pub use party::RelatedParty;
pub use payment::{FinancialAccountRef, PaymentMethodRef, PaymentPlan};
pub use relationship::{AccountRef, AccountRelationship};
pub use tax::TaxExemption;
