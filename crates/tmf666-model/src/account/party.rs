use crate::resource::resource;
use crate::{Characteristic, Text};

resource! {
    /// A party, party role or system related to the account (TMF666 `RelatedParty`).
    pub struct RelatedParty {
        /// Id of the party.
        id: Option<Text> => "id",
        /// Where the party is, a URI.
        href: Option<Text> => "href",
        /// Name of the party.
        name: Option<Text> => "name",
        /// Role that the party plays: `Customer`, `Owner`, `MigratedAccount`, …
        role: Option<Text> => "role",
        /// *Extension* (wfm-ux, Cerillion): value of an entry that is no party, such as the legal entity.
        value: Option<Text> => "value" (extension),
        /// *Extension* (wfm-ux): facts about the party, such as its identity documents.
        characteristic: Vec<Characteristic> => "characteristic" (extension),
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
