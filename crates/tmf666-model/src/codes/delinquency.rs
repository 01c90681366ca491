super::code_table! {
    /// Delinquency status of a CSG account (dxp-ux document, "Delinquency Status").
    ///
    /// Its letters overlap with those of [`PaymentStatus`](super::PaymentStatus) and mean something else there.
    pub enum DelinquencyStatus("delinquencyStatus") {
        /// Not delinquent; CSG holds no letter.
        Normal = "NORMAL" also "", "NORMAL";
        /// Disconnected at the customer's wish.
        VoluntaryDisconnect = "C", "VOLUNTARY DISC";
        /// Disconnected for non-payment.
        NonPayDisconnect = "E", "NON-PAY DISC";
        /// Non-payment, equipment still out, active.
        OpenNonPayEquipmentActive = "A", "OPEN NP EQPTACT";
        /// Non-payment, equipment still out, FT.
        OpenNonPayEquipmentFt = "F", "OPEN NP EQPT FT";
        /// Non-payment, service restoration pending.
        PendingServiceRestore = "P", "PEND NP SVC RES";
        /// Work order for a change of services pending.
        PendingServiceChange = "S", "PND CHG SERV WO";
        /// Pay per view restricted.
        PayPerViewRestricted = "T", "PPV RESTRICTED";
        /// Services downgraded.
        DowngradedServices = "U", "DWNGRD-SVCS";
        /// Voluntary disconnection still open.
        OpenVoluntaryDisconnect = "V", "OPEN VOL DISC";
        /// Non-payment, equipment still out, disconnected.
        OpenNonPayEquipmentDisconnected = "W", "OPEN NP EQPTDIS";
        /// Charged off.
        ChargedOff = "Z", "CHARGED OFF";
    }
}
