use crate::resource::resource;
use crate::{
    AccountBalance, AccountRelationship, BillStructure, Characteristic, Contact, FinancialAccountRef, Money, PaymentMethodRef, PaymentPlan,
    RelatedParty, TaxExemption, Text,
};

resource! {
    /// A party account used for billing (TMF666 `BillingAccount`, v4.0.0, with `ratingType` of v4.1.0).
    ///
    /// Reading is lenient: every member may be missing, unknown ones are kept in `extra`. TMF666 requires `name` and
    /// `relatedParty` in every answer; the channels' documents do not always give them.
    pub struct BillingAccount {
        /// Account number in the billing system; text, leading zeros count.
        id: Option<Text> => "id",
        /// Where the account is, a URI.
        href: Option<Text> => "href",
        /// Kind of account: `RES`, `BUS`, `R`, …
        account_type: Option<Text> => "accountType",
        /// *Extension* (wfm-ux, Liberate): whether the account is active for billing.
        billable: Option<bool> => "billable" (extension),
        /// Description of the account.
        description: Option<Text> => "description",
        /// When the account was last changed, date-time.
        last_modified: Option<Text> => "lastModified",
        /// Name of the account.
        name: Option<Text> => "name",
        /// Payment or delinquency status, free text in TMF666; the documented codes are in [`codes`](crate::codes).
        payment_status: Option<Text> => "paymentStatus",
        /// How usage is rated: `Prepaid`, `Postpaid` (TMF666 v4.1.0).
        rating_type: Option<Text> => "ratingType",
        /// Lifecycle state, free text: `Active`, `NORMAL`, `W-Working`, …
        state: Option<Text> => "state",
        /// Balances of the account.
        account_balance: Vec<AccountBalance> => "accountBalance",
        /// Relationships to other accounts.
        account_relationship: Vec<AccountRelationship> => "accountRelationship",
        /// How and when the account is billed.
        bill_structure: Option<BillStructure> => "billStructure",
        /// *Extension*: further facts (bot-ux, sfdc-ux, dxp-ux).
        characteristic: Vec<Characteristic> => "characteristic" (extension),
        /// *Extension*: further facts (dxp-ux, Aria and Salesforce).
        extended_characteristics: Vec<Characteristic> => "extendedCharacteristics" (extension),
        /// Contacts of the account.
        contact: Vec<Contact> => "contact",
        /// How much may be charged to the account.
        credit_limit: Option<Money> => "creditLimit",
        /// Default payment method.
        default_payment_method: Option<PaymentMethodRef> => "defaultPaymentMethod",
        /// Financial account behind this one.
        financial_account: Option<FinancialAccountRef> => "financialAccount",
        /// Payment plans.
        payment_plan: Vec<PaymentPlan> => "paymentPlan",
        /// Parties related to the account.
        related_party: Vec<RelatedParty> => "relatedParty",
        /// Tax exemptions.
        tax_exemption: Vec<TaxExemption> => "taxExemption",
        /// *Extension* (wfm-ux): the billing system that answered, `LIBERATE` or `CERILLION`.
        source_bss: Option<Text> => "sourceBSS" (extension),
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}
