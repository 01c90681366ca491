use crate::resource::resource;
use crate::{Text, TimePeriod};

resource! {
    /// How the account relates to another one (TMF666 `AccountRelationship`).
    pub struct AccountRelationship {
        /// Kind of relationship: `contains`, `MigratedBillingSystem`, …
        relationship_type: Option<Text> => "relationshipType",
        /// The other account.
        account: Option<AccountRef> => "account",
        /// When the relationship holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}

resource! {
    /// An account, by reference (TMF666 `AccountRef`).
    pub struct AccountRef {
        /// Id of the account.
        id: Option<Text> => "id",
        /// Where the account is, a URI.
        href: Option<Text> => "href",
        /// Name of the account.
        name: Option<Text> => "name",
        /// Description of the account.
        description: Option<Text> => "description",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
        /// Type of what is referred to.
        at_referred_type: Option<Text> => "@referredType",
    }
}
