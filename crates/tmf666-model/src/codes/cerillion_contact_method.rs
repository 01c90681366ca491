use super::{CodeTable, MediumType};

super::code_table! {
    /// Contact methods of Cerillion for Jamaica (wfm-ux document, 10 methods). The native codes differ in case.
    pub enum CerillionContactMethod("cerillionContactMethod") {
        /// Business number.
        Business = "BUSINESS", "business";
        /// Fax phone number.
        Fax = "FAX", "fax";
        /// Fax number.
        FaxNo = "FAX_NO", "fax_no";
        /// Home number.
        Home = "HOME", "home";
        /// Mobile phone.
        Mobile = "MOBILE", "mobile";
        /// Mobile number.
        MobileNo = "MOBILE_NO", "mobile_no";
        /// General number.
        PhoneNo = "PHONE_NO", "phone_no";
        /// Billing e-mail address.
        BillEmail = "EMAIL", "billEmail";
        /// E-mail address 1.
        Email1 = "emailAddress1", "email1";
        /// E-mail address 2.
        Email2 = "emailAddress2", "email2";
    }
}

impl CerillionContactMethod {
    /// The TMF medium type; [`MediumType::Other`] for a method outside the table.
    #[must_use]
    pub fn medium_type(&self) -> MediumType {
        match self {
            Self::Business | Self::Home | Self::PhoneNo => MediumType::Telephone,
            Self::Fax | Self::FaxNo => MediumType::Fax,
            Self::Mobile | Self::MobileNo => MediumType::Mobile,
            Self::BillEmail | Self::Email1 | Self::Email2 => MediumType::Email,
            Self::_Custom(_) => MediumType::Other,
        }
    }

    /// The channel's `contactType`; the code in lower case for a method outside the table.
    #[must_use]
    pub fn contact_type(&self) -> crate::Text {
        super::contact_type(self.label(), self.as_str())
    }
}
