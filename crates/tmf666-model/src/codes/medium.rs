super::code_table! {
    /// Type of a contact medium, as the channels' documents name it (TMF666 `ContactMedium.mediumType`).
    pub enum MediumType("mediumType") {
        /// Electronic mail; the characteristic fills `emailAddress`.
        Email = "Email", "E-mail";
        /// Fax; the characteristic fills `faxNumber`.
        Fax = "Fax", "Fax";
        /// Number registered with the interactive voice response.
        Ivr = "IVR", "IVR";
        /// Mobile number.
        Mobile = "Mobile", "Mobile";
        /// Fixed or general number.
        Telephone = "Telephone", "Telephone";
        /// A contact method outside the system's table.
        Other = "Other", "Other";
        /// Postal address that bills go to.
        BillingAddress = "BillingAddress", "Billing address";
        /// Postal address.
        PostalAddress = "PostalAddress", "Postal address";
        /// Postal address, as dxp-ux lists name it.
        Address = "Address", "Address";
        /// Place of the service, or billing address (sfdc-ux customer view).
        GeographicAddress = "GeographicAddress", "Geographic address";
        /// Phone number (CSG views).
        Phone = "Phone", "Phone";
        /// Phone number (sfdc-ux customer view).
        PhoneNumber = "PhoneNumber", "Phone number";
    }
}
