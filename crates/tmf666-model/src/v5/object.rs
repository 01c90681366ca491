//! How version-5 objects are declared.

use crate::Text;

/// What every version-5 object has.
pub(super) trait Object {
    /// Names that a further member cannot have.
    const MEMBERS: &[&str];
}

/// Members that are left out of the JSON when nothing is in them.
pub(super) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// A mandatory member.
impl Absent for Text {
    fn is_absent(&self) -> bool {
        false
    }
}

/// Declares a version-5 object. Its name is its `@type`, written first, so that no object can be without or mislabelled.
macro_rules! object {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])+ $field:ident : $type:ty => $json:literal , )*
        }
    ) => {
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        $(#[$meta])*
        #[serde(tag = "@type")]
        pub struct $name {
            $(
                $(#[$field_meta])+
                #[serde(rename = $json, skip_serializing_if = "crate::v5::object::Absent::is_absent")]
                pub $field: $type,
            )*
            /// Name of the type that this one specialises.
            #[serde(rename = "@baseType", skip_serializing_if = "Option::is_none")]
            pub at_base_type: Option<$crate::Text>,
            /// Where the schema of further members is, a URI.
            #[serde(rename = "@schemaLocation", skip_serializing_if = "Option::is_none")]
            pub at_schema_location: Option<$crate::Text>,
            /// Members that version 5 does not know either, as they came.
            #[serde(flatten)]
            pub extra: $crate::Extra,
        }

        impl $crate::v5::object::Object for $name {
            const MEMBERS: &[&str] = &[ $( $json, )* "@type", "@baseType", "@schemaLocation" ];
        }
    };
}
pub(super) use object;
