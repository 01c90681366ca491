use serde::Serialize;

use crate::resource::resource;
use crate::{AnyValue, Resource as _, Text};

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
    #[inline]
    #[must_use]
    pub fn new(name: &'static str, value: impl Into<AnyValue>) -> Self {
        Self { name: Some(Text::fixed(name)), value: Some(value.into()), ..Self::default() }
    }

    /// Puts one with a name and a value at the end of a list.
    // Not in the place of each call, as with `added_to`.
    #[inline(never)]
    pub fn add<'l>(list: &'l mut Vec<Self>, name: &'static str, value: impl Into<AnyValue>) -> &'l mut Self {
        let characteristic = Self::added_to(list);
        characteristic.name = Some(Text::fixed(name));
        characteristic.value = Some(value.into());
        characteristic
    }

    /// The characteristic `Customer Identity` of field technicians' accounts; none without documents.
    #[must_use]
    pub fn customer_identity(documents: &[IdentityDocument<'_>]) -> Option<Self> {
        if documents.is_empty() {
            return None;
        }
        // Texts in a list of structs can always be written as JSON.
        let value = AnyValue::json(&documents).ok()?;
        Some(Self { value_type: Some(Text::fixed("array")), ..Self::new("Customer Identity", value) })
    }
}

/// *Extension*: a document that identifies a customer, an element of `Customer Identity`. What is not known is left out.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityDocument<'a> {
    /// What it is, in the billing system's code: `PP`, `TR`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_type: Option<&'a str>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<&'a str>,
    /// What it is, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_description: Option<&'a str>,
}
