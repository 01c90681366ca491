//! How every TMF666 resource is read and written: one macro, so that all of them treat unknown members alike.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use crate::Extra;
use crate::validate::{Inspected, Inspection};

/// What every resource of the model offers beside its fields. Only this crate's structs implement it.
pub trait Resource: Sealed + Serialize + DeserializeOwned + Default {
    /// The struct's name; where TMF666 v4.0.0 calls the schema differently, the struct's documentation says so.
    const NAME: &'static str;

    /// The JSON names of the typed members, in the order they are written.
    const MEMBERS: &'static [&'static str];

    /// Those of [`MEMBERS`](Self::MEMBERS) that the channels' documents add to TMF666.
    const EXTENSIONS: &'static [&'static str];

    /// Members beside the typed fields.
    fn extra(&self) -> &Extra;

    /// Whether the typed field of this JSON name holds a value; never for a member in [`extra`](Self::extra).
    fn has(&self, member: &str) -> bool;

    /// Takes out every first-level member whose JSON name `keep` refuses, unknown ones too.
    fn retain(&mut self, keep: impl FnMut(&str) -> bool);
}

/// Keeps [`Resource`] to this crate, so that it can grow without breaking anyone.
pub trait Sealed {}

/// A typed field: an optional value, or a list whose emptiness means absence.
pub(crate) trait Field: Sized + Default {
    /// Reads the member; `None` leaves it to [`Extra`].
    fn read(raw: &RawValue) -> Option<Self>;

    fn is_absent(&self) -> bool;

    fn write<M: SerializeMap>(&self, member: &'static str, map: &mut M) -> Result<(), M::Error>;

    /// Looks for violations in the value.
    fn inspect(&self, inspection: &mut Inspection);

    /// Looks for violations in a member that [`Field::read`] left to [`Extra`].
    fn inspect_unread(raw: &RawValue, inspection: &mut Inspection);
}

impl<T: Serialize + DeserializeOwned + Inspected> Field for Option<T> {
    fn read(raw: &RawValue) -> Option<Self> {
        serde_json::from_str::<Self>(raw.get()).ok().filter(Self::is_some)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write<M: SerializeMap>(&self, member: &'static str, map: &mut M) -> Result<(), M::Error> {
        self.as_ref().map_or(Ok(()), |value| map.serialize_entry(member, value))
    }

    fn inspect(&self, inspection: &mut Inspection) {
        if let Some(value) = self {
            value.inspect(inspection);
        }
    }

    fn inspect_unread(raw: &RawValue, inspection: &mut Inspection) {
        if !T::is_in_other_words(raw) {
            inspection.wrong_type(T::EXPECTED);
        }
    }
}

impl<T: Serialize + DeserializeOwned + Inspected> Field for Vec<T> {
    fn read(raw: &RawValue) -> Option<Self> {
        serde_json::from_str::<Self>(raw.get()).ok().filter(|list| !list.is_empty())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write<M: SerializeMap>(&self, member: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() { Ok(()) } else { map.serialize_entry(member, self) }
    }

    fn inspect(&self, inspection: &mut Inspection) {
        for (position, value) in self.iter().enumerate() {
            inspection.item(position, |inspection| value.inspect(inspection));
        }
    }

    /// One item of the wrong type made the whole list unreadable; the others are looked at all the same.
    fn inspect_unread(raw: &RawValue, inspection: &mut Inspection) {
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
            return inspection.wrong_type("list");
        };
        if items.is_empty() {
            inspection.empty_list();
        }
        for (position, item) in items.into_iter().enumerate() {
            inspection.item(position, |inspection| match serde_json::from_str::<T>(item.get()) {
                Ok(value) => value.inspect(inspection),
                Err(_) => inspection.wrong_type(T::EXPECTED),
            });
        }
    }
}

/// Declares a resource: its fields with their JSON names, its readers and writers.
///
/// Fields are `Option<T>` or `Vec<T>`; both are left out of the JSON when there is nothing in them. `(extension)` marks
/// a member that TMF666 does not have.
macro_rules! resource {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])+ $field:ident : $type:ty => $json:literal $( ($mark:ident) )? , )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(default))]
        pub struct $name {
            $(
                $(#[$field_meta])+
                #[cfg_attr(feature = "schema", schemars(rename = $json))]
                pub $field: $type,
            )+
            /// Members that the fields above do not hold, kept as they came.
            #[cfg_attr(feature = "schema", schemars(skip))]
            pub extra: $crate::Extra,
        }

        impl $crate::Resource for $name {
            const NAME: &'static str = stringify!($name);
            const MEMBERS: &'static [&'static str] = &[ $( $json, )+ ];
            const EXTENSIONS: &'static [&'static str] = &[ $( $( $crate::resource::$mark!($json), )? )+ ];

            fn extra(&self) -> &$crate::Extra {
                &self.extra
            }

            fn has(&self, member: &str) -> bool {
                match member {
                    $( $json => !$crate::resource::Field::is_absent(&self.$field), )+
                    _ => false,
                }
            }

            fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
                $(
                    if !keep($json) {
                        self.$field = Default::default();
                    }
                )+
                self.extra.retain(keep);
            }
        }

        impl $crate::resource::Sealed for $name {}

        impl $crate::validate::Inspected for $name {
            const EXPECTED: &'static str = "object";

            fn inspect(&self, inspection: &mut $crate::validate::Inspection) {
                use $crate::Resource;
                $(
                    if !Self::EXTENSIONS.contains(&$json) {
                        inspection.member($json, &self.$field, self.extra.get($json));
                    }
                )+
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                use $crate::Resource;
                let mut map = serializer.serialize_map(None)?;
                $( $crate::resource::Field::write(&self.$field, $json, &mut map)?; )+
                for (member, value) in self.extra.iter() {
                    if !self.has(member) {
                        map.serialize_entry(member, value)?;
                    }
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("a JSON object: ", stringify!($name)))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut resource = $name::default();
                        while let Some(member) = map.next_key::<$crate::Text>()? {
                            let raw = map.next_value::<Box<serde_json::value::RawValue>>()?;
                            match member.as_str() {
                                $(
                                    $json => match $crate::resource::Field::read(&raw) {
                                        Some(value) => resource.$field = value,
                                        None => resource.extra.keep(member, raw),
                                    },
                                )+
                                _ => resource.extra.keep(member, raw),
                            }
                        }
                        Ok(resource)
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }
    };
}
pub(crate) use resource;

/// The mark of an extension in [`resource`]; any other mark does not compile.
macro_rules! extension {
    ($json:literal) => {
        $json
    };
}
pub(crate) use extension;
