super::code_table! {
    /// Line of business: the `lob` header of the channel contracts.
    pub enum Lob("lob") {
        /// Mobile, paid in advance.
        Prepaid = "PREPAID", "Prepaid";
        /// Mobile, billed afterwards.
        Postpaid = "POSTPAID", "Postpaid";
        /// Fixed line, broadband and television.
        Fixed = "FIXED", "Fixed";
    }
}
