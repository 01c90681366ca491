super::code_table! {
    /// Business unit: the `businessId` path parameter, an ISO 3166 country code of the group's markets
    /// (Sint Eustatius and Saba carry the group's own `SE` and `SA`, Bonaire `BO`).
    pub enum BusinessUnit("businessId") {
        /// Antigua and Barbuda.
        Ag = "AG", "Antigua and Barbuda";
        /// Anguilla.
        Ai = "AI", "Anguilla";
        /// Barbados.
        Bb = "BB", "Barbados";
        /// Bonaire (DC market).
        Bo = "BO", "Bonaire";
        /// Bahamas.
        Bs = "BS", "Bahamas";
        /// Chile.
        Cl = "CL", "Chile";
        /// Costa Rica.
        Cr = "CR", "Costa Rica";
        /// Curaçao (DC market).
        Cw = "CW", "Curaçao";
        /// Dominica.
        Dm = "DM", "Dominica";
        /// Grenada.
        Gd = "GD", "Grenada";
        /// Jamaica.
        Jm = "JM", "Jamaica";
        /// Saint Kitts and Nevis.
        Kn = "KN", "Saint Kitts and Nevis";
        /// Cayman Islands.
        Ky = "KY", "Cayman Islands";
        /// Saint Lucia.
        Lc = "LC", "Saint Lucia";
        /// Saint Martin, French part (DC market).
        Mf = "MF", "Saint Martin";
        /// Montserrat.
        Ms = "MS", "Montserrat";
        /// Panama.
        Pa = "PA", "Panama";
        /// Puerto Rico.
        Pr = "PR", "Puerto Rico";
        /// Saba (DC market).
        Sa = "SA", "Saba";
        /// Sint Eustatius (DC market).
        Se = "SE", "Sint Eustatius";
        /// Sint Maarten, Dutch part (DC market).
        Sx = "SX", "Sint Maarten";
        /// Turks and Caicos Islands.
        Tc = "TC", "Turks and Caicos Islands";
        /// Trinidad and Tobago.
        Tt = "TT", "Trinidad and Tobago";
        /// Saint Vincent and the Grenadines.
        Vc = "VC", "Saint Vincent and the Grenadines";
        /// British Virgin Islands.
        Vg = "VG", "British Virgin Islands";
    }
}

impl BusinessUnit {
    /// The six markets that Amdocs serves.
    pub const DC_MARKETS: [Self; 6] = [Self::Cw, Self::Sx, Self::Bo, Self::Sa, Self::Se, Self::Mf];

    /// The unit's currency (ISO 4217), for systems that do not name one; `None` where no system is connected.
    #[must_use]
    pub fn currency(&self) -> Option<&'static str> {
        match self {
            Self::Pr | Self::Pa | Self::Bo | Self::Sa | Self::Se => Some("USD"),
            Self::Jm => Some("JMD"),
            Self::Cl => Some("CLP"),
            Self::Cw | Self::Sx => Some("ANG"),
            Self::Mf => Some("EUR"),
            _ => None,
        }
    }
}
