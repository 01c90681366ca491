//! The records that queries ask for: each member with its name in the org, in the order in which a query selects them and the
//! answer has them.

use backends_http::{Json, NotRead, Wire as _};
use tmf666_model::Text;

use crate::names::Names;
use crate::select::{Member, Rows, Selected, pass_over, read_member, records};
use crate::wire::{Attributes, Misfit, Record};

records! {
    names;

    /// A billing account with all around it.
    pub struct AccountRecord {
        /// Salesforce's key.
        pub id: Option<Text> => "Id",
        /// See [`AccountNames::name`](crate::AccountNames::name), and so on.
        pub name: Option<Text> => &names.account.name,
        /// BAN-CAN.
        pub billing_account_number: Option<Text> => &names.account.billing_account_number,
        /// A code.
        pub status: Option<Text> => &names.account.status,
        /// A code.
        pub payment_type: Option<Text> => &names.account.payment_type,
        /// Where bills are sent.
        pub email: Option<Text> => &names.account.email,
        /// Whether bills are paid automatically.
        pub autopay: Option<bool> => &names.account.autopay,
        /// How bills reach the customer.
        pub bill_delivery: Option<Text> => &names.account.bill_delivery,
        /// By which the customer is recognised on the phone.
        pub consumer_pin: Option<Text> => &names.account.consumer_pin,
        /// Of the billing address.
        pub street: Option<Text> => &names.account.street,
        /// Of the billing address.
        pub city: Option<Text> => &names.account.city,
        /// Of the billing address.
        pub state_or_province: Option<Text> => &names.account.state_or_province,
        /// Of the billing address.
        pub post_code: Option<Text> => &names.account.post_code,
        /// Of the billing address.
        pub country: Option<Text> => &names.account.country,
        /// The customer's account, above this one.
        pub customer: Option<CustomerRecord> => &names.account.parent,
        /// The lines' accounts, below this one.
        pub lines: Rows<LineRecord> => &names.account.children,
        /// The primary one first.
        pub payment_methods: Rows<PaymentMethodRecord> => &names.account.payment_methods,
        /// The account's people.
        pub contacts: Rows<ContactRecord> => &names.account.contacts,
    }

    /// The customer's account.
    pub struct CustomerRecord {
        /// Salesforce's key.
        pub id: Option<Text> => "Id",
        /// Name of the account.
        pub name: Option<Text> => &names.account.name,
        /// The customer's number.
        pub customer_account_number: Option<Text> => &names.account.customer_account_number,
        /// By which the customer is recognised on the phone.
        pub consumer_pin: Option<Text> => &names.account.consumer_pin,
        /// Of the billing address.
        pub street: Option<Text> => &names.account.street,
        /// Of the billing address.
        pub city: Option<Text> => &names.account.city,
        /// Of the billing address.
        pub state_or_province: Option<Text> => &names.account.state_or_province,
        /// Of the billing address.
        pub post_code: Option<Text> => &names.account.post_code,
        /// Of the billing address.
        pub country: Option<Text> => &names.account.country,
    }

    /// The account of a line, as the billing account lists it.
    pub struct LineRecord {
        /// The line's number.
        pub msisdn: Option<Text> => &names.account.msisdn,
    }

    /// The account of a line that is asked for by its number.
    pub struct LineAccountRecord {
        /// Salesforce's key.
        pub id: Option<Text> => "Id",
        /// Salesforce's key of the billing account above.
        pub parent_id: Option<Text> => &names.account.parent_id,
        /// The line's people.
        pub contacts: Rows<ContactRecord> => &names.account.contacts,
    }

    /// A payment method.
    pub struct PaymentMethodRecord {
        /// Salesforce's key.
        pub id: Option<Text> => "Id",
        /// A code.
        pub method_type: Option<Text> => &names.payment_method.method_type,
        /// The customer at the payment provider.
        pub external_customer_id: Option<Text> => &names.payment_method.external_customer_id,
        /// What stands for the card or the account at the payment provider.
        pub token: Option<Text> => &names.payment_method.token,
        /// The payment method at the payment provider.
        pub external_payment_method_id: Option<Text> => &names.payment_method.external_payment_method_id,
        /// Whether it is tried first.
        pub is_primary: Option<bool> => &names.payment_method.is_primary,
    }

    /// A person of an account.
    pub struct ContactRecord {
        /// Name of the person.
        pub name: Option<Text> => &names.contact.name,
        /// Phone number, as somebody typed it.
        pub phone: Option<Text> => &names.contact.phone,
        /// E-mail address.
        pub email: Option<Text> => &names.contact.email,
        /// A code.
        pub role: Option<Text> => &names.contact.role,
        /// Of the person's own address.
        pub street: Option<Text> => &names.contact.street,
        /// Of the person's own address.
        pub city: Option<Text> => &names.contact.city,
        /// Of the person's own address.
        pub state_or_province: Option<Text> => &names.contact.state_or_province,
        /// Of the person's own address.
        pub post_code: Option<Text> => &names.contact.post_code,
        /// Of the person's own address.
        pub country: Option<Text> => &names.contact.country,
    }

    /// An account of which only the key is wanted.
    pub struct AccountKey {
        /// Salesforce's key.
        pub id: Option<Text> => "Id",
    }
}
