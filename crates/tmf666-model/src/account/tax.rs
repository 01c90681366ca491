use crate::resource::resource;
use crate::{Text, TimePeriod};

resource! {
    /// Proof of freedom from a tax (TMF666 `AccountTaxExemption`).
    pub struct TaxExemption {
        /// Number of the exemption certificate.
        certificate_number: Option<Text> => "certificateNumber",
        /// Who exempts from the tax.
        issuing_jurisdiction: Option<Text> => "issuingJurisdiction",
        /// Reason of the exemption.
        reason: Option<Text> => "reason",
        /// When the exemption holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}
