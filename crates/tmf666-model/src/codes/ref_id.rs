super::code_table! {
    /// What a reference value is: the `refid` header of the bot-ux contract.
    pub enum RefId("refid") {
        /// Number of the customer.
        CustomerId = "CUSTOMER_ID", "Customer number";
        /// Number of the billing account.
        AccountNo = "ACCOUNT_NO", "Account number";
        /// Number of a service, such as a phone number.
        ServiceNo = "SERVICE_NO", "Service number";
        /// Chilean tax number (RUT).
        RutId = "RUT_ID", "RUT";
        /// Number of a trouble ticket.
        TicketId = "TICKETID", "Ticket number";
        /// Chilean tax number and account number together.
        RutIdAcctId = "RUTID$ACCTID", "RUT and account number";
        /// Phone number at which the customer is reached.
        ContactNo = "CONTACT_NO", "Contact number";
    }
}
