use crate::resource::resource;
use crate::{AnyValue, Text};

resource! {
    /// *Extension*: a name and a value, in `characteristic`, `extendedCharacteristic` and `extendedCharacteristics`.
    pub struct Characteristic {
        /// What it is: `LocationId`, `autoPayDate`, `msisdn`, …
        name: Option<Text> => "name",
        /// JSON type of the value, where the document names it: `string`, `array`, `date`.
        value_type: Option<Text> => "valueType",
        /// Its value.
        value: Option<AnyValue> => "value",
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

impl Characteristic {
    /// A characteristic with a name and a value.
    #[must_use]
    pub fn new(name: &'static str, value: impl Into<AnyValue>) -> Self {
        Self { name: Some(Text::from_static(name)), value: Some(value.into()), ..Self::default() }
    }
}
