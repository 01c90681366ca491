//! Contacts and the typed media through which they are reached.

use std::collections::BTreeSet;

use serde::Serialize;

use super::LeftOutReason;
use super::context::{Context, carry, type_names};
use super::object::{Object, object};
use super::party::{RelatedPartyRefOrPartyRoleRef, related_party};
use crate::codes::{CodeTable, MediumType};
use crate::{Extra, MediumCharacteristic, Resource, Text, TimePeriod};

object! {
    /// A person or organisation through which the account is reached.
    #[derive(Default)]
    pub struct Contact {
        /// Id of the contact.
        id: Option<Text> => "id",
        /// Name of the contact.
        contact_name: Option<Text> => "contactName",
        /// *Extension*: name of the contact.
        name: Option<Text> => "name",
        /// Kind of contact.
        contact_type: Option<Text> => "contactType",
        /// Role of the contact.
        party_role_type: Option<Text> => "partyRoleType",
        /// How the contact is reached.
        contact_medium: Vec<ContactMedium> => "contactMedium",
        /// Who the contact is.
        related_party: Option<RelatedPartyRefOrPartyRoleRef> => "relatedParty",
        /// When the contact holds.
        valid_for: Option<TimePeriod> => "validFor",
    }
}

/// One way to reach a contact, told apart by `@type`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ContactMedium {
    /// An e-mail address.
    Email(EmailContactMedium),
    /// A fax number.
    Fax(FaxContactMedium),
    /// A postal address.
    GeographicAddress(GeographicAddressContactMedium),
    /// A phone number.
    Phone(PhoneContactMedium),
    /// An account in a social network.
    Social(SocialContactMedium),
    /// A medium that says neither by its type nor by its content what it is.
    Other(OtherContactMedium),
}

/// Declares the media: each has the members of `ContactMedium` and its own.
macro_rules! media {
    ($( $(#[$meta:meta])+ $name:ident { $( $(#[$field_meta:meta])+ $field:ident => $json:literal , )* } )+) => {
        $(
            object! {
                $(#[$meta])+
                #[derive(Default)]
                pub struct $name {
                    /// Id of the medium.
                    id: Option<Text> => "id",
                    /// Whether it is the preferred medium.
                    preferred: Option<bool> => "preferred",
                    /// What it is for, such as `Home`, not which kind of medium it is.
                    contact_type: Option<Text> => "contactType",
                    $( $(#[$field_meta])+ $field: Option<Text> => $json, )*
                    /// When the medium holds.
                    valid_for: Option<TimePeriod> => "validFor",
                }
            }

            impl From<Common> for $name {
                fn from(common: Common) -> Self {
                    Self {
                        id: common.id,
                        preferred: common.preferred,
                        contact_type: common.contact_type,
                        valid_for: common.valid_for,
                        at_base_type: common.at_base_type,
                        at_schema_location: common.at_schema_location,
                        extra: common.extra,
                        $( $field: None, )*
                    }
                }
            }
        )+
    };
}

media! {
    /// An e-mail address.
    EmailContactMedium {
        /// The address.
        email_address => "emailAddress",
    }
    /// A fax number.
    FaxContactMedium {
        /// The number, as stored.
        fax_number => "faxNumber",
    }
    /// A phone number.
    PhoneContactMedium {
        /// The number, as stored.
        phone_number => "phoneNumber",
    }
    /// An account in a social network.
    SocialContactMedium {
        /// Id in the network.
        social_network_id => "socialNetworkId",
    }
    /// A postal address.
    GeographicAddressContactMedium {
        /// City.
        city => "city",
        /// Country.
        country => "country",
        /// Post code.
        post_code => "postCode",
        /// State or province.
        state_or_province => "stateOrProvince",
        /// Street, first line.
        street1 => "street1",
        /// Street, second line.
        street2 => "street2",
    }
    /// A medium of no known kind; its `@type` is plain `ContactMedium`.
    #[serde(rename = "ContactMedium")]
    OtherContactMedium {}
}

/// What all media have.
#[derive(Default)]
struct Common {
    id: Option<Text>,
    preferred: Option<bool>,
    contact_type: Option<Text>,
    valid_for: Option<TimePeriod>,
    at_base_type: Option<Text>,
    at_schema_location: Option<Text>,
    extra: Extra,
}

pub(super) fn contact(mut contact: crate::Contact, cx: &mut Context) -> Option<Contact> {
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(contact), &["Contact"]);
    Some(Contact {
        id: cx.take(&mut contact.extra, "id"),
        contact_name: contact.contact_name,
        name: contact.name,
        contact_type: contact.contact_type,
        party_role_type: contact.party_role_type,
        contact_medium: cx.list("contactMedium", contact.contact_medium, media),
        related_party: cx.object("relatedParty", contact.related_party, related_party),
        valid_for: cx.period(contact.valid_for),
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::Contact>(contact.extra, &[Contact::MEMBERS]),
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    GeographicAddress,
    Email,
    Fax,
    Phone,
    Social,
    Other,
}

const MEDIA: [&[&str]; 5] = [
    EmailContactMedium::MEMBERS,
    FaxContactMedium::MEMBERS,
    PhoneContactMedium::MEMBERS,
    SocialContactMedium::MEMBERS,
    GeographicAddressContactMedium::MEMBERS,
];

/// Version 4 lets one medium hold an address, a number and an e-mail address at once: each becomes a medium of its
/// own, and the first of them keeps the id and the further members.
fn media(mut medium: crate::ContactMedium, cx: &mut Context) -> Vec<ContactMedium> {
    let mut characteristic = medium.characteristic.take().unwrap_or_default();
    let medium_type = medium.medium_type.take();
    let kinds = kinds(&characteristic, medium_type.as_deref());
    let implied = medium_type.as_deref().is_none_or(|name| kinds.contains(&kind_of(name)));
    if characteristic.contact_type.is_some() && !implied {
        cx.leave_out("mediumType", LeftOutReason::NotInVersion5);
    }
    let mut common = common(medium, &mut characteristic, medium_type, cx);
    kinds.into_iter().map(|kind| typed(kind, &mut characteristic, common.take_turn())).collect()
}

/// What a medium is, by what it holds; its type is asked only where it holds nothing.
fn kinds(characteristic: &MediumCharacteristic, medium_type: Option<&str>) -> Vec<Kind> {
    let c = characteristic;
    let address = [&c.city, &c.country, &c.post_code, &c.state_or_province, &c.street1, &c.street2];
    let held = [
        (Kind::GeographicAddress, address.iter().any(|line| line.is_some())),
        (Kind::Email, c.email_address.is_some()),
        (Kind::Fax, c.fax_number.is_some()),
        (Kind::Phone, c.phone_number.is_some()),
        (Kind::Social, c.social_network_id.is_some()),
    ];
    let kinds: Vec<Kind> = held.into_iter().filter(|(_, there)| *there).map(|(kind, _)| kind).collect();
    if kinds.is_empty() { vec![medium_type.map_or(Kind::Other, kind_of)] } else { kinds }
}

fn kind_of(medium_type: &str) -> Kind {
    match MediumType::parse(medium_type) {
        MediumType::Email => Kind::Email,
        MediumType::Fax => Kind::Fax,
        MediumType::Ivr | MediumType::Mobile | MediumType::Telephone | MediumType::Phone | MediumType::PhoneNumber => Kind::Phone,
        MediumType::BillingAddress | MediumType::PostalAddress | MediumType::Address | MediumType::GeographicAddress => {
            Kind::GeographicAddress
        }
        _ => Kind::Other,
    }
}

fn common(
    mut medium: crate::ContactMedium,
    characteristic: &mut MediumCharacteristic,
    medium_type: Option<Text>,
    cx: &mut Context,
) -> Common {
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(medium), &["ContactMedium"]);
    let id = cx.take(&mut medium.extra, "id");
    let mut extra = cx.further::<crate::ContactMedium>(medium.extra, &MEDIA);
    cx.object("characteristic", Some(&mut *characteristic), |characteristic, cx| {
        merge_further(&mut extra, characteristic, cx);
        Some(())
    });
    if let Some(mut characteristic) = medium.ulm_characteristic {
        characteristic.extra.remove("@type");
        characteristic.at_type.get_or_insert(Text::fixed(MediumCharacteristic::NAME));
        carry(&mut extra, "ulmCharacteristic", Some(&characteristic));
    }
    Common {
        id,
        preferred: medium.preferred,
        // What the medium is for is worth more than its type, which version 5 expresses by `@type`.
        contact_type: characteristic.contact_type.take().or(medium_type),
        valid_for: cx.period(medium.valid_for),
        at_base_type,
        at_schema_location,
        extra,
    }
}

/// Lifts the further members of the characteristic to its medium: version 5 has no characteristic.
fn merge_further(extra: &mut Extra, characteristic: &mut MediumCharacteristic, cx: &mut Context) {
    let names = type_names!(characteristic);
    let own_name = names.at_type.as_deref() == Some(MediumCharacteristic::NAME);
    cx.leave_out_some("@type", names.at_type.filter(|_| !own_name).as_ref(), LeftOutReason::NotInVersion5);
    cx.leave_out_some("@baseType", names.at_base_type.as_ref(), LeftOutReason::NotInVersion5);
    cx.leave_out_some("@schemaLocation", names.at_schema_location.as_ref(), LeftOutReason::NotInVersion5);
    let taken: BTreeSet<Text> = extra.iter().map(|(member, _)| Text::from(member)).collect();
    for (member, value) in cx.further::<MediumCharacteristic>(std::mem::take(&mut characteristic.extra), &MEDIA) {
        if taken.contains(&member) {
            cx.leave_out(&member, LeftOutReason::Duplicate);
        } else {
            extra.keep(member, value);
        }
    }
}

impl Common {
    /// All of it for the first medium; the others get what holds for each.
    fn take_turn(&mut self) -> Self {
        let rest = Self {
            preferred: self.preferred,
            contact_type: self.contact_type.clone(),
            valid_for: self.valid_for.clone(),
            ..Self::default()
        };
        std::mem::replace(self, rest)
    }
}

fn typed(kind: Kind, characteristic: &mut MediumCharacteristic, common: Common) -> ContactMedium {
    let c = characteristic;
    match kind {
        Kind::Email => ContactMedium::Email(EmailContactMedium { email_address: c.email_address.take(), ..common.into() }),
        Kind::Fax => ContactMedium::Fax(FaxContactMedium { fax_number: c.fax_number.take(), ..common.into() }),
        Kind::Phone => ContactMedium::Phone(PhoneContactMedium { phone_number: c.phone_number.take(), ..common.into() }),
        Kind::Social => ContactMedium::Social(SocialContactMedium { social_network_id: c.social_network_id.take(), ..common.into() }),
        Kind::GeographicAddress => ContactMedium::GeographicAddress(GeographicAddressContactMedium {
            city: c.city.take(),
            country: c.country.take(),
            post_code: c.post_code.take(),
            state_or_province: c.state_or_province.take(),
            street1: c.street1.take(),
            street2: c.street2.take(),
            ..common.into()
        }),
        Kind::Other => ContactMedium::Other(common.into()),
    }
}
