super::code_table! {
    /// Status letter of a Liberate account (this project's own Liberate contract).
    pub enum LiberateAccountStatus("liberateAccountStatus") {
        /// Allocated but not yet active.
        Allocated = "A", "Allocated but not yet active";
        /// Calls barred.
        CallBarred = "B", "Call Barred";
        /// Ceased.
        Ceased = "C", "Ceased";
        /// In default but not temporarily out of service.
        InDefault = "D", "In default but not on TOS";
        /// Written off.
        WrittenOff = "E", "Written off";
        /// Closed.
        Closed = "F", "Closed";
        /// Debt handed to a collector.
        DebtOutsourced = "O", "Debt Outsource";
        /// In default, with a promise to pay.
        PromiseToPay = "P", "In default but promise to pay";
        /// Recommended for cessation.
        CessationRecommended = "S", "Recommended for cessation";
        /// Temporarily out of service.
        TemporarilyOut = "T", "TOS'ed";
        /// Working.
        Working = "W", "Working";
    }
}
