super::code_table! {
    /// Offers that bar a service in the DC markets: an account with one of them in force is suspended
    /// (dxp-ux document, 16 offers). Matched on the offer id, exactly.
    pub enum BarringOffer("barringOffer") {
        /// Curaçao: Wireline Barring.
        CurWirelineBarring = "51002454", "CUR Wireline Barring";
        /// Curaçao: Wireless Barring.
        CurWirelessBarring = "51006038", "CUR Wireless Barring";
        /// Curaçao: Wireless CHCO Barring.
        CurWirelessChcoBarring = "51006040", "CUR Wireless CHCO Barring";
        /// Sint Maarten: Wireless Barring.
        SxmWirelessBarring = "51006047", "SXM Wireless Barring";
        /// Curaçao: Data Connectivity Barring.
        CurDataConnectivityBarring = "51006143", "CUR Data Connectivity Barring";
        /// Curaçao: Wireless CHCO Barring up to 10 Members.
        CurWirelessChcoBarringUpTo10 = "51007682", "CUR Wireless CHCO Barring up to 10 Members";
        /// Curaçao: Wireless CHCO Barring 11 to 50 Members.
        CurWirelessChcoBarringFrom11To50 = "51007683", "CUR Wireless CHCO Barring 11 to 50 Members";
        /// BES islands: Wireless CHCO Barring up to 10 Members.
        BesWirelessChcoBarringUpTo10 = "51007688", "BES Wireless CHCO Barring up to 10 Members";
        /// Curaçao: Wireless Disconnection Fees for Collections.
        CurWirelessDisconnectionFeesForCollections = "51009190", "CUR Wireless Disconnection Fees for Collections";
        /// BES islands: Wireless Disconnection Fees for Collections.
        BesWirelessDisconnectionFeesForCollections = "51009192", "BES Wireless Disconnection Fees for Collections";
        /// Sint Maarten: Wireless Disconnection Fees for Collections.
        SxmWirelessDisconnectionFeesForCollections = "51009694", "SXM Wireless Disconnection Fees for Collections";
        /// French Saint Martin: Wireless Disconnection Fees for Collections.
        FsxmWirelessDisconnectionFeesForCollections = "51009695", "FSXM Wireless Disconnection Fees for Collections";
        /// Curaçao: Disconnection Fees for Collections.
        CurDisconnectionFeesForCollections = "51010077", "CUR Disconnection Fees for Collections";
        /// BES islands: Wireline Disconnection Fees for Collections.
        BesWirelineDisconnectionFeesForCollections = "51010078", "BES Wireline Disconnection Fees for Collections";
        /// Sint Maarten: Wireline Disconnection Fees for Collections.
        SxmWirelineDisconnectionFeesForCollections = "51010079", "SXM Wireline Disconnection Fees for Collections";
        /// French Saint Martin: Wireline Disconnection Fees for Collections.
        FsxmWirelineDisconnectionFeesForCollections = "51010080", "FSXM Wireline Disconnection Fees for Collections";
    }
}
