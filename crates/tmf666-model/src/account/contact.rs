use crate::codes::{CodeTable as _, MediumType};
use crate::resource::resource;
use crate::{RelatedParty, Resource as _, Text, TimePeriod};

resource! {
    /// A person or organisation through which the account is reached (TMF666 `Contact`).
    pub struct Contact {
        /// Name of the contact.
        contact_name: Option<Text> => "contactName",
        /// *Extension* (dxp-ux, Salesforce): name of the contact.
        name: Option<Text> => "name" (extension),
        /// Kind of contact: `Primary`, `Secondary`, `BillingAddress`, `customerAccount`, …
        contact_type: Option<Text> => "contactType",
        /// Role of the contact: `Owner`, `OWNER`, `RELAT`, …
        party_role_type: Option<Text> => "partyRoleType",
        /// How the contact is reached.
        contact_medium: Vec<ContactMedium> => "contactMedium",
        /// Who the contact is.
        related_party: Option<RelatedParty> => "relatedParty",
        /// When the contact holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}

resource! {
    /// One way to reach a contact (TMF666 `ContactMedium`).
    pub struct ContactMedium {
        /// Type of the medium; the documented ones are in [`MediumType`](crate::codes::MediumType).
        medium_type: Option<Text> => "mediumType",
        /// Whether it is the preferred medium.
        preferred: Option<bool> => "preferred",
        // On the heap, because few media have it and all would be half as large again.
        /// *Extension* (dxp-ux by id): the address with its nine-digit post code, where `characteristic` shows the short one.
        ulm_characteristic: Option<Box<MediumCharacteristic>> => "ulmCharacteristic" (extension),
        /// The address, number or e-mail address.
        characteristic: Option<MediumCharacteristic> => "characteristic",
        /// When the medium holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}

impl ContactMedium {
    /// A medium of a documented type.
    #[inline]
    #[must_use]
    pub fn new(medium_type: &MediumType, characteristic: MediumCharacteristic) -> Self {
        Self { medium_type: Some(Text::from(medium_type.as_str())), characteristic: Some(characteristic), ..Self::default() }
    }

    /// Puts a medium of a documented type at the end of a list; its address or number is to be filled in.
    // Not in the place of each call, as with `added_to`.
    #[inline(never)]
    pub fn add<'m>(media: &'m mut Vec<Self>, medium_type: &MediumType) -> &'m mut MediumCharacteristic {
        let medium = Self::added_to(media);
        medium.medium_type = Some(Text::from(medium_type.as_str()));
        medium.characteristic.insert(MediumCharacteristic::default())
    }
}

resource! {
    /// Address, number or e-mail address of a contact medium (TMF666 `MediumCharacteristic`).
    pub struct MediumCharacteristic {
        /// What the medium is for: `Home`, `Business`, `billEmail`, `mobile1`, …
        contact_type: Option<Text> => "contactType",
        /// City.
        city: Option<Text> => "city",
        /// Country.
        country: Option<Text> => "country",
        /// E-mail address.
        email_address: Option<Text> => "emailAddress",
        /// Fax number, as stored.
        fax_number: Option<Text> => "faxNumber",
        /// Phone number, as stored.
        phone_number: Option<Text> => "phoneNumber",
        /// Post code.
        post_code: Option<Text> => "postCode",
        /// Id in a social network.
        social_network_id: Option<Text> => "socialNetworkId",
        /// State or province.
        state_or_province: Option<Text> => "stateOrProvince",
        /// Street, first line.
        street1: Option<Text> => "street1",
        /// Street, second line.
        street2: Option<Text> => "street2",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}
