//! The org's objects: which fields they have, how they are related.

/// An object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// The first three characters of the Ids of its records.
    pub(super) key_prefix: &'static str,
    pub(super) fields: &'static [Field],
    pub(super) children: &'static [Children],
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Longest value, in characters; 0 where the kind has no length.
    pub(super) length: usize,
    pub(super) rule: Rule,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Id,
    Text,
    Email,
    Phone,
    Picklist,
    Flag,
    DateTime,
    /// The Id of a record of the object at this place in [`OBJECTS`]; the name is that of the relation to it.
    Reference(usize, &'static str),
}

/// What is special about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Plain,
    /// A record cannot be made without it.
    Required,
    /// The org fills it in.
    ReadOnly,
    /// Records can be addressed by it, but it need not be unique.
    ExternalId,
    /// Records can be addressed by it and no two have the same; compared with regard to case.
    UniqueExternalId,
}

/// The records of another object that refer to a record.
#[derive(Debug)]
pub(super) struct Children {
    /// Name of the relation in a sub-query.
    pub(super) relation: &'static str,
    pub(super) object: usize,
    /// The field that refers.
    pub(super) field: &'static str,
}

pub(super) const ACCOUNT: usize = 0;
pub(super) const CONTACT: usize = 1;
pub(super) const PAYMENT_METHOD: usize = 2;

/// The field by which an account refers to the one above it.
pub(super) const PARENT_ID: &str = "ParentId";
/// The field by which a contact refers to its account.
pub(super) const ACCOUNT_ID: &str = "AccountId";
/// The field by which a payment method refers to its account.
pub(super) const METHOD_ACCOUNT_ID: &str = "vlocity_cmt__AccountId__c";
/// The number of a billing account.
pub(super) const BILLING_ACCOUNT_NUMBER: &str = "Billing_Account_Number__c";
/// The number of a line.
pub(super) const MSISDN: &str = "MSISDN__c";

/// The record that is kept of every change.
pub(super) const CHANGE_REQUEST: &str = "Change_Request__c";
/// By what a change request is known.
pub(super) const CORRELATION_ID: &str = "Correlation_Id__c";

const fn field(name: &'static str, kind: Kind, length: usize) -> Field {
    Field { name, kind, length, rule: Rule::Plain }
}

const fn text(name: &'static str, length: usize) -> Field {
    field(name, Kind::Text, length)
}

const fn ruled(rule: Rule, field: Field) -> Field {
    Field { rule, ..field }
}

const ID: Field = ruled(Rule::ReadOnly, field("Id", Kind::Id, 18));
const CREATED: Field = ruled(Rule::ReadOnly, field("CreatedDate", Kind::DateTime, 0));
const MODIFIED: Field = ruled(Rule::ReadOnly, field("LastModifiedDate", Kind::DateTime, 0));
const AUTO_NUMBER: Field = ruled(Rule::ReadOnly, text("Name", 80));

pub(super) static OBJECTS: [Object; 4] = [
    Object {
        name: "Account",
        label: "Account",
        key_prefix: "001",
        fields: &[
            ID,
            ruled(Rule::Required, text("Name", 255)),
            field(PARENT_ID, Kind::Reference(ACCOUNT, "Parent"), 18),
            field("Phone", Kind::Phone, 40),
            text("BillingStreet", 255),
            text("BillingCity", 40),
            text("BillingState", 80),
            text("BillingPostalCode", 20),
            text("BillingCountry", 80),
            ruled(Rule::ExternalId, text(BILLING_ACCOUNT_NUMBER, 40)),
            ruled(Rule::ExternalId, text("Customer_Account_Number__c", 40)),
            text("Consumer_PIN__c", 10),
            text(MSISDN, 20),
            field("vlocity_cmt__Status__c", Kind::Picklist, 255),
            field("vlocity_cmt__AccountPaymentType__c", Kind::Picklist, 255),
            field("vlocity_cmt__BillingEmailAddress__c", Kind::Email, 80),
            field("vlocity_cmt__EnableAutopay__c", Kind::Flag, 0),
            field("vlocity_cmt__BillDeliveryMethod__c", Kind::Picklist, 255),
            CREATED,
            MODIFIED,
        ],
        children: &[
            Children { relation: "ChildAccounts", object: ACCOUNT, field: PARENT_ID },
            Children { relation: "Contacts", object: CONTACT, field: ACCOUNT_ID },
            Children { relation: "vlocity_cmt__PaymentMethods__r", object: PAYMENT_METHOD, field: METHOD_ACCOUNT_ID },
        ],
    },
    Object {
        name: "Contact",
        label: "Contact",
        key_prefix: "003",
        fields: &[
            ID,
            ruled(Rule::ReadOnly, text("Name", 121)),
            text("FirstName", 40),
            ruled(Rule::Required, text("LastName", 80)),
            field(ACCOUNT_ID, Kind::Reference(ACCOUNT, "Account"), 18),
            field("Phone", Kind::Phone, 40),
            field("Email", Kind::Email, 80),
            field("Contact_Role__c", Kind::Picklist, 255),
            text("MailingStreet", 255),
            text("MailingCity", 40),
            text("MailingState", 80),
            text("MailingPostalCode", 20),
            text("MailingCountry", 80),
            CREATED,
            MODIFIED,
        ],
        children: &[],
    },
    Object {
        name: "vlocity_cmt__PaymentMethod__c",
        label: "Payment Method",
        key_prefix: "a6I",
        fields: &[
            ID,
            AUTO_NUMBER,
            field(METHOD_ACCOUNT_ID, Kind::Reference(ACCOUNT, "vlocity_cmt__AccountId__r"), 18),
            field("vlocity_cmt__MethodType__c", Kind::Picklist, 255),
            text("Token__c", 255),
            text("External_Customer_Id__c", 80),
            ruled(Rule::ExternalId, text("External_Payment_Method_Id__c", 80)),
            field("IsPrimary__c", Kind::Flag, 0),
            CREATED,
            MODIFIED,
        ],
        children: &[],
    },
    Object {
        name: CHANGE_REQUEST,
        label: "Change Request",
        key_prefix: "a9C",
        fields: &[
            ID,
            AUTO_NUMBER,
            ruled(Rule::UniqueExternalId, text(CORRELATION_ID, 128)),
            text("Type__c", 40),
            text("Source_System__c", 30),
            text("Msisdn__c", 20),
            text("Payment_Method_Id__c", 30),
            field("Restrict_Order__c", Kind::Flag, 0),
            text("Consent_Text_Version__c", 30),
            CREATED,
            MODIFIED,
        ],
        children: &[],
    },
];

impl Object {
    /// The object of this name; names have no case.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        OBJECTS.iter().find(|object| object.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The field behind a relation to another record, and that record's object.
    pub(super) fn related(&self, relation: &str) -> Option<(&'static Field, &'static Self)> {
        self.fields.iter().find_map(|field| match field.kind {
            Kind::Reference(object, name) if name.eq_ignore_ascii_case(relation) => Some((field, &OBJECTS[object])),
            _ => None,
        })
    }

    pub(super) fn children(&self, relation: &str) -> Option<&'static Children> {
        self.children.iter().find(|children| children.relation.eq_ignore_ascii_case(relation))
    }
}

impl Field {
    pub(super) fn is_external_id(&self) -> bool {
        matches!(self.rule, Rule::ExternalId | Rule::UniqueExternalId)
    }

    /// Ids and unique external ids are compared letter by letter, everything else without regard to case.
    pub(super) fn has_case(&self) -> bool {
        self.rule == Rule::UniqueExternalId || matches!(self.kind, Kind::Id | Kind::Reference(..))
    }

    /// The type's name in a description.
    pub(super) fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Id => "id",
            Kind::Text => "string",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Picklist => "picklist",
            Kind::Flag => "boolean",
            Kind::DateTime => "datetime",
            Kind::Reference(..) => "reference",
        }
    }
}

/// The three characters by which an Id of 15 characters can be told apart without regard to case.
fn checksum(id: &str) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let capitals = |part: &[u8]| {
        let bits = part.iter().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase()).map(|(at, _)| 1 << at);
        char::from(ALPHABET[bits.sum::<usize>()])
    };
    id.as_bytes().chunks(5).map(capitals).collect()
}

/// The Id of the record made so many-th, with its 18 characters.
pub(super) fn id_of(key_prefix: &str, number: u64) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |place: u32| char::from(DIGITS[(number / 62_u64.pow(place) % 62) as usize]);
    let id: String = format!("{key_prefix}5e0000").chars().chain((0..6).rev().map(digit)).collect();
    let checksum = checksum(&id);
    id + &checksum
}

/// The 18 characters of an Id that came with 15 or 18; nothing for what is no Id.
pub(super) fn full_id(text: &str) -> Option<String> {
    if !matches!(text.len(), 15 | 18) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let (id, given) = text.split_at(15);
    let checksum = checksum(id);
    (given.is_empty() || given == checksum).then(|| format!("{id}{checksum}"))
}

#[cfg(test)]
mod tests {
    use super::{full_id, id_of};

    #[test]
    fn an_id_has_its_checksum() {
        assert_eq!(full_id("0016300001MwDHb").as_deref(), Some("0016300001MwDHbAAN"));
        assert_eq!(full_id("a6I3K0000009JgzUAE").as_deref(), Some("a6I3K0000009JgzUAE"));
        assert_eq!(full_id("a6I3K0000009JgzUAA"), None);
        assert_eq!(full_id("001"), None);
        assert_eq!(full_id(&id_of("001", 4711)).as_deref(), Some(id_of("001", 4711).as_str()));
    }
}
