//! Code tables: one file per table, each code with its label and documentation.
//!
//! Every table is *open*: a code that is not in it is kept as it came and written back unchanged
//! ([`CodeTable::parse`]), because a billing system may learn a new code before we do. At the door, where a
//! caller has to use a documented value, [`CodeTable::try_parse`] is the strict reading.

mod barring_offer;
mod business_unit;
mod cerillion_contact_method;
mod delinquency;
mod liberate_account_status;
mod liberate_contact_method;
mod lob;
mod medium;
mod payment_status;
mod ref_id;

pub use barring_offer::BarringOffer;
pub use business_unit::BusinessUnit;
pub use cerillion_contact_method::CerillionContactMethod;
pub use delinquency::DelinquencyStatus;
pub use liberate_account_status::LiberateAccountStatus;
pub use liberate_contact_method::LiberateContactMethod;
pub use lob::Lob;
pub use medium::MediumType;
pub use payment_status::PaymentStatus;
pub use ref_id::RefId;

use crate::Text;

/// What every code table offers.
pub trait CodeTable: Sized + Clone + 'static {
    /// The table's name, as used in schemas and metrics.
    const NAME: &'static str;

    /// The documented codes, in the documents' order.
    fn known() -> &'static [Self];

    /// The code as it stands on the wire.
    fn as_str(&self) -> &str;

    /// What the code is called, if it is a documented one.
    fn label(&self) -> Option<&'static str>;

    /// What the code means, if it is a documented one.
    fn documentation(&self) -> Option<&'static str>;

    /// Reads a code; one that is not in the table is kept as it came.
    fn parse(code: &str) -> Self;

    /// Whether the code is a documented one.
    fn is_known(&self) -> bool {
        self.label().is_some()
    }

    /// Reads a documented code and nothing else.
    ///
    /// # Errors
    /// [`UnknownCode`] for everything outside the table.
    fn try_parse(code: &str) -> Result<Self, UnknownCode> {
        let parsed = Self::parse(code);
        if parsed.is_known() { Ok(parsed) } else { Err(UnknownCode { table: Self::NAME }) }
    }
}

/// A code outside its table. The code itself is not repeated: it comes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a code of the table {table}")]
pub struct UnknownCode {
    /// Which table was asked.
    pub table: &'static str,
}

/// Text of a code outside its table; private, so that code matching on it compares [`CodeTable::as_str`] and
/// keeps compiling when the code joins the table.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomCode(Text);

impl CustomCode {
    pub(crate) fn new(code: &str) -> Self {
        Self(Text::from(code))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Declares one open code table: the enum, its texts, and its readers and writers.
///
/// A line is `Variant = "code" (also "spelling" ...) , "label";` with the documentation above it. "also" lists
/// further spellings that are read as this code.
macro_rules! code_table {
    (
        $(#[$meta:meta])*
        pub enum $name:ident($table:literal) {
            $( $(#[doc = $doc:literal])+ $variant:ident = $code:literal $(also $($alias:literal)+)? , $label:literal ; )+
        }
    ) => {
        $(#[$meta])*
        ///
        /// This type can hold any text: codes outside the table are kept. Compare those through `as_str()`.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[doc = $doc])+ $variant, )+
            #[doc(hidden)]
            _Custom($crate::codes::CustomCode),
        }

        impl $crate::codes::CodeTable for $name {
            const NAME: &'static str = $table;

            fn known() -> &'static [Self] {
                &[ $( Self::$variant, )+ ]
            }

            fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $code, )+
                    Self::_Custom(code) => code.as_str(),
                }
            }

            fn label(&self) -> Option<&'static str> {
                match self {
                    $( Self::$variant => Some($label), )+
                    Self::_Custom(_) => None,
                }
            }

            fn documentation(&self) -> Option<&'static str> {
                match self {
                    $( Self::$variant => Some(concat!($($doc),+).trim_ascii()), )+
                    Self::_Custom(_) => None,
                }
            }

            fn parse(code: &str) -> Self {
                match code {
                    $( $code $( $(| $alias)+ )? => Self::$variant, )+
                    _ => Self::_Custom($crate::codes::CustomCode::new(code)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::codes::CodeTable::as_str(self))
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Ok($crate::codes::CodeTable::parse(code))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::codes::CodeTable::as_str(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = $crate::Text::deserialize(deserializer)?;
                Ok($crate::codes::CodeTable::parse(&code))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::codes::open_table_schema::<Self>()
            }
        }
    };
}
pub(crate) use code_table;

/// The schema of an open table: any text is allowed, the documented codes are listed with their labels.
#[cfg(feature = "schema")]
fn open_table_schema<T: CodeTable>() -> schemars::Schema {
    let known: Vec<serde_json::Value> = T::known()
        .iter()
        .map(|code| serde_json::json!({ "const": code.as_str(), "title": code.label(), "description": code.documentation() }))
        .collect();
    let mut branches = known;
    branches.push(serde_json::json!({ "type": "string", "description": "A code that the billing system knows and this table does not." }));
    schemars::json_schema!({ "type": "string", "anyOf": branches })
}

/// The `contactType` of a contact method: its label, or the code in lower case where it is outside the table.
fn contact_type(label: Option<&'static str>, code: &str) -> Text {
    label.map_or_else(|| Text::from(code.to_ascii_lowercase()), Text::fixed)
}
