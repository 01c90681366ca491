use super::{CodeTable, MediumType};

super::code_table! {
    /// Contact methods of Liberate for Jamaica (wfm-ux document, 12 methods).
    pub enum LiberateContactMethod("liberateContactMethod") {
        /// E-mail address that receives the bill.
        BillEmail = "BILLEM", "billEmail";
        /// E-mail address.
        Email = "EMAIL", "email";
        /// Fax number.
        Fax = "FAX", "fax";
        /// Home number.
        Home = "HOME", "home";
        /// IVR primary contact number.
        Ivr = "IVR", "ivr";
        /// IVR alternate contact number 1.
        Ivr1 = "IVR1", "ivr1";
        /// IVR alternate contact number 2.
        Ivr2 = "IVR2", "ivr2";
        /// IVR alternate contact number 3.
        Ivr3 = "IVR3", "ivr3";
        /// Mobile number 1.
        Mobile1 = "MOB1", "mobile1";
        /// Mobile number 2.
        Mobile2 = "MOB2", "mobile2";
        /// Telephone and extension number.
        Phone = "PHONE", "phone";
        /// Work number.
        Work = "WORK", "work";
    }
}

impl LiberateContactMethod {
    /// The TMF medium type; [`MediumType::Other`] for a method outside the table.
    #[must_use]
    pub fn medium_type(&self) -> MediumType {
        match self {
            Self::BillEmail | Self::Email => MediumType::Email,
            Self::Fax => MediumType::Fax,
            Self::Home | Self::Phone | Self::Work => MediumType::Telephone,
            Self::Ivr | Self::Ivr1 | Self::Ivr2 | Self::Ivr3 => MediumType::Ivr,
            Self::Mobile1 | Self::Mobile2 => MediumType::Mobile,
            Self::_Custom(_) => MediumType::Other,
        }
    }

    /// The channel's `contactType`; the code in lower case for a method outside the table.
    #[must_use]
    pub fn contact_type(&self) -> crate::Text {
        super::contact_type(self.label(), self.as_str())
    }
}
