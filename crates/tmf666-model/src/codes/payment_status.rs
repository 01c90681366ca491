super::code_table! {
    /// Status of a CSG account's automatic payments, EFT (dxp-ux document, "Payment Status").
    ///
    /// Its letters overlap with those of [`DelinquencyStatus`](super::DelinquencyStatus) and mean something else there.
    pub enum PaymentStatus("paymentStatus") {
        /// Nothing unusual; CSG holds no letter.
        Normal = "NORMAL" also "", "NORMAL";
        /// Suspended.
        Suspended = "S", "Suspended";
        /// Balance is less than the EFT minimum debit amount.
        BelowMinimumDebit = "B", "Balance is less than EFT minimum debit amount";
        /// Debit error.
        DebitError = "D", "Debit Error";
        /// Prenote error.
        PrenoteErrorE = "E", "Prenote Error";
        /// The EFT debit was sent to the ACH processor.
        SentToProcessor = "G", "EFT debit had been sent to ACH processor";
        /// Prenote error (the document gives `E` and `P` the same meaning).
        PrenoteErrorP = "P", "Prenote Error";
        /// Waiting.
        Waiting = "W", "Waiting";
    }
}
