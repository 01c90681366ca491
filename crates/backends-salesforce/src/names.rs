//! What the org calls its objects and fields. The platform is public, an org's own names are its own: they are
//! configuration, and these are the defaults.

use backends_http::ConfigProblem;
use serde::Deserialize;

/// Defines a group of names with their defaults.
macro_rules! names {
    ($($(#[$group_doc:meta])* $group:ident { $($(#[$doc:meta])* $field:ident = $default:literal,)* })*) => {$(
        $(#[$group_doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $group {
            $(
                $(#[$doc])*
                #[doc = concat!("\n\nDefault `", $default, "`.")]
                pub $field: String,
            )*
        }

        impl Default for $group {
            fn default() -> Self {
                Self { $($field: $default.to_owned(),)* }
            }
        }

        impl $group {
            fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
                $(check_name(&self.$field, || format!("{prefix}.{}", stringify!($field)), problems);)*
            }
        }
    )*};
}

names! {
    /// Account: the customer's, the billing account below it, and below that one for each line.
    AccountNames {
        /// The object.
        object = "Account",
        /// Name of the account.
        name = "Name",
        /// The account above.
        parent_id = "ParentId",
        /// The relation to the account above.
        parent = "Parent",
        /// The relation to the accounts below.
        children = "ChildAccounts",
        /// The relation to the account's contacts.
        contacts = "Contacts",
        /// The relation to the account's payment methods.
        payment_methods = "vlocity_cmt__PaymentMethods__r",
        /// Street of the billing address.
        street = "BillingStreet",
        /// City of the billing address.
        city = "BillingCity",
        /// State or province of the billing address.
        state_or_province = "BillingState",
        /// Post code of the billing address.
        post_code = "BillingPostalCode",
        /// Country of the billing address.
        country = "BillingCountry",
        /// Where bills are sent.
        email = "vlocity_cmt__BillingEmailAddress__c",
        /// State of the account.
        status = "vlocity_cmt__Status__c",
        /// Prepaid or Postpaid.
        payment_type = "vlocity_cmt__AccountPaymentType__c",
        /// Whether bills are paid automatically; a checkbox.
        autopay = "vlocity_cmt__EnableAutopay__c",
        /// How bills reach the customer.
        bill_delivery = "vlocity_cmt__BillDeliveryMethod__c",
        /// The billing account number (BAN-CAN).
        billing_account_number = "Billing_Account_Number__c",
        /// The customer's number, on the customer account.
        customer_account_number = "Customer_Account_Number__c",
        /// By which the customer is recognised on the phone.
        consumer_pin = "Consumer_PIN__c",
        /// The line's number, on the account of a line.
        msisdn = "MSISDN__c",
    }

    /// The payment methods of a billing account.
    PaymentMethodNames {
        /// BrainTreeToken, Bank Account and so on.
        method_type = "vlocity_cmt__MethodType__c",
        /// What stands for the card or the account at the payment provider.
        token = "Token__c",
        /// The customer at the payment provider.
        external_customer_id = "External_Customer_Id__c",
        /// The payment method at the payment provider.
        external_payment_method_id = "External_Payment_Method_Id__c",
        /// Whether it is tried first; a checkbox.
        is_primary = "IsPrimary__c",
    }

    /// The contacts of an account.
    ContactNames {
        /// Name of the contact.
        name = "Name",
        /// Phone number, as somebody typed it.
        phone = "Phone",
        /// E-mail address.
        email = "Email",
        /// Primary or Secondary.
        role = "Contact_Role__c",
        /// Street of the contact's own address.
        street = "MailingStreet",
        /// City of the contact's own address.
        city = "MailingCity",
        /// State or province of the contact's own address.
        state_or_province = "MailingState",
        /// Post code of the contact's own address.
        post_code = "MailingPostalCode",
        /// Country of the contact's own address.
        country = "MailingCountry",
    }

    /// The record that is kept of every change.
    ChangeRequestNames {
        /// The object.
        object = "Change_Request__c",
        /// The correlation id of the change: a unique external id, best declared case-sensitive.
        correlation_id = "Correlation_Id__c",
        /// What was asked for.
        change_type = "Type__c",
        /// Through which front end.
        source_system = "Source_System__c",
        /// The line that was named with it.
        msisdn = "Msisdn__c",
        /// The payment method that was named with it.
        payment_method_id = "Payment_Method_Id__c",
        /// Whether orders are restricted for it; a checkbox.
        restrict_order = "Restrict_Order__c",
        /// Version of the text that the customer agreed to.
        consent_text_version = "Consent_Text_Version__c",
    }
}

/// Every name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// See [`AccountNames`].
    pub account: AccountNames,
    /// See [`PaymentMethodNames`].
    pub payment_method: PaymentMethodNames,
    /// See [`ContactNames`].
    pub contact: ContactNames,
    /// See [`ChangeRequestNames`].
    pub change_request: ChangeRequestNames,
}

impl Names {
    /// Adds every name that cannot be one to `problems`, each under `prefix` (`systems.salesforce.names`).
    pub fn check(&self, prefix: &str, problems: &mut Vec<ConfigProblem>) {
        self.account.check(&format!("{prefix}.account"), problems);
        self.payment_method.check(&format!("{prefix}.payment_method"), problems);
        self.contact.check(&format!("{prefix}.contact"), problems);
        self.change_request.check(&format!("{prefix}.change_request"), problems);
    }
}

/// Longest API name with namespace and suffix: 15 + 2 + 40 + 3.
const MAX_NAME: usize = 60;

/// A name goes into queries as it is, so it must be an identifier and nothing else.
fn check_name(name: &str, key: impl FnOnce() -> String, problems: &mut Vec<ConfigProblem>) {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let goes_on_well = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !starts_well || !goes_on_well || name.len() > MAX_NAME {
        let reason = "an API name is expected: a letter, then letters, digits and underscores, 60 at most";
        problems.push(ConfigProblem { key: key(), reason: reason.to_owned() });
    }
}
