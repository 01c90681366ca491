//! How every TMF666 resource is read and written: one macro, so that all of them treat unknown members alike.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use crate::Text;

/// Members that the typed fields of a resource do not hold, exactly as they were read and in their order.
///
/// Besides members that this model does not know, these are documented members whose value has another type
/// than documented, `null`, or an empty list. All of them are written back unchanged, digits and escapes
/// included, so that reading and writing loses nothing.
#[derive(Clone, Default)]
pub struct Extra(Vec<(Text, Box<RawValue>)>);

impl Extra {
    /// Whether there is nothing beside the typed fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON text of a member.
    #[must_use]
    pub fn get(&self, member: &str) -> Option<&RawValue> {
        self.0
            .iter()
            .find(|(name, _)| name == member)
            .map(|(_, value)| &**value)
    }

    /// All members with their JSON text, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    /// Adds a member, or replaces the value of one that is there.
    ///
    /// # Errors
    /// Fails only where `value` itself cannot be written as JSON.
    pub fn insert(&mut self, member: &str, value: &impl Serialize) -> serde_json::Result<()> {
        let raw = serde_json::value::to_raw_value(value)?;
        self.remove(member);
        self.0.push((Text::from(member), raw));
        Ok(())
    }

    /// Takes a member out.
    pub fn remove(&mut self, member: &str) -> Option<Box<RawValue>> {
        let at = self.0.iter().position(|(name, _)| name == member)?;
        Some(self.0.remove(at).1)
    }

    pub(crate) fn keep(&mut self, member: Text, value: Box<RawValue>) {
        self.0.push((member, value));
    }
}

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|(name, value)| (name, value.get())))
            .finish()
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.iter()
            .map(|(n, v)| (n, v.get()))
            .eq(other.iter().map(|(n, v)| (n, v.get())))
    }
}

/// What every resource of the model offers beside its fields.
pub trait Resource: Serialize + DeserializeOwned + Default {
    /// The schema name in TMF666 v4.0.0.
    const NAME: &'static str;

    /// The JSON names of the typed members, in the order they are written.
    const MEMBERS: &'static [&'static str];

    /// Members beside the typed fields.
    fn extra(&self) -> &Extra;
}

/// A typed field: an optional value, or a list whose emptiness means absence.
pub(crate) trait Field: Sized {
    /// Reads the member; `None` leaves it to [`Extra`].
    fn read(raw: &RawValue) -> Option<Self>;

    fn is_absent(&self) -> bool;

    fn write<M: SerializeMap>(&self, member: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl<T: Serialize + DeserializeOwned> Field for Option<T> {
    fn read(raw: &RawValue) -> Option<Self> {
        serde_json::from_str::<Self>(raw.get())
            .ok()
            .filter(Self::is_some)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write<M: SerializeMap>(&self, member: &'static str, map: &mut M) -> Result<(), M::Error> {
        self.as_ref()
            .map_or(Ok(()), |value| map.serialize_entry(member, value))
    }
}

impl<T: Serialize + DeserializeOwned> Field for Vec<T> {
    fn read(raw: &RawValue) -> Option<Self> {
        serde_json::from_str::<Self>(raw.get())
            .ok()
            .filter(|list| !list.is_empty())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write<M: SerializeMap>(&self, member: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() {
            Ok(())
        } else {
            map.serialize_entry(member, self)
        }
    }
}

/// Declares a resource: its fields with their JSON names, its readers and writers.
///
/// Fields are `Option<T>` or `Vec<T>`; both are left out of the JSON when there is nothing in them.
macro_rules! resource {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])+ $field:ident : $type:ty => $json:literal , )+
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

            fn extra(&self) -> &$crate::Extra {
                &self.extra
            }
        }

        impl $name {
            /// Whether the typed field of this JSON name holds a value.
            fn has(&self, member: &str) -> bool {
                match member {
                    $( $json => !$crate::resource::Field::is_absent(&self.$field), )+
                    _ => false,
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
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
