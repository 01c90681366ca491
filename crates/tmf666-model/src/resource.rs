//! How every TMF666 resource is read and written: one macro, so that all of them treat unknown members alike.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::extra::TooDeep;
use crate::{Extra, WriteJson};

/// What every resource of the model offers beside its fields. Only this crate's structs implement it.
pub trait Resource: Sealed + Serialize + DeserializeOwned + WriteJson + Default {
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

    /// Whether it says nothing at all: it would be written as `{}`.
    fn is_empty(&self) -> bool;

    /// Nothing instead of a resource that says nothing.
    #[must_use]
    fn unless_empty(self) -> Option<Self> {
        (!self.is_empty()).then_some(self)
    }

    /// Puts one that says nothing at the end of a list, to be filled where it stays: cheaper than to put in one that has just been
    /// written, because the processor waits for what was written before it copies it.
    ///
    /// ```
    /// use tmf666_model::{AccountBalance, Resource as _};
    ///
    /// let mut balances = Vec::new();
    /// AccountBalance::added_to(&mut balances).balance_type = Some("ReceivableBalance".into());
    /// assert_eq!(balances.len(), 1);
    /// ```
    // Not in the place of each call: to make one that says nothing is long.
    #[inline(never)]
    fn added_to(list: &mut Vec<Self>) -> &mut Self {
        // `push` would write it elsewhere first.
        list.resize_with(list.len() + 1, Self::default);
        let last = list.len() - 1;
        &mut list[last]
    }

    /// Takes out every first-level member whose JSON name `keep` refuses, unknown ones too.
    fn retain(&mut self, keep: impl FnMut(&str) -> bool);
}

/// Keeps [`Resource`] to this crate, so that it can grow without breaking anyone.
pub trait Sealed {}

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
                    $( $json => !$crate::value::Field::is_absent(&self.$field), )+
                    _ => false,
                }
            }

            fn is_empty(&self) -> bool {
                self.extra.is_empty() $( && $crate::value::Field::is_absent(&self.$field) )+
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

        impl $name {
            /// Of a member that comes twice the last one counts, as with most readers of JSON.
            fn set(&mut self, member: std::borrow::Cow<'_, str>, raw: &serde_json::value::RawValue) -> Result<(), $crate::extra::TooDeep> {
                match &*member {
                    $(
                        $json => match $crate::value::Field::read(raw) {
                            Some(value) => {
                                self.$field = value;
                                self.extra.forget(&member);
                                return Ok(());
                            }
                            None => self.$field = Default::default(),
                        },
                    )+
                    _ => {}
                }
                $crate::extra::check_depth(raw)?;
                self.extra.keep(member.into(), raw.to_owned());
                Ok(())
            }
        }

        impl $crate::value::Value for $name {
            const EXPECTED: &'static str = "object";

            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::resource::read_object(deserializer, Self::default(), |resource, member, raw: &serde_json::value::RawValue| {
                    resource.set(member, raw)
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                $crate::WriteJson::write_json(self, out);
            }

            fn inspect(&self, inspection: &mut $crate::validate::Inspection) {
                use $crate::Resource;
                let mandatory = inspection.mandatory();
                $(
                    if !Self::EXTENSIONS.contains(&$json) {
                        inspection.member(mandatory, $json, &self.$field, &self.extra);
                    }
                )+
            }
        }

        impl $crate::WriteJson for $name {
            fn write_json(&self, out: &mut Vec<u8>) {
                use $crate::Resource;
                out.push(b'{');
                let start = out.len();
                $( $crate::value::Field::write(&self.$field, concat!('"', $json, "\":\"").as_bytes(), out); )+
                for (member, value) in self.extra.iter().filter(|(member, _)| !self.has(member)) {
                    $crate::json::write_text(member, out);
                    out.push(b':');
                    out.extend_from_slice(value.get().as_bytes());
                    out.push(b',');
                }
                $crate::json::end_object(out, start);
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                use $crate::Resource;
                let mut map = serializer.serialize_map(None)?;
                $(
                    if !$crate::value::Field::is_absent(&self.$field) {
                        map.serialize_entry($json, &self.$field)?;
                    }
                )+
                for (member, value) in self.extra.iter().filter(|(member, _)| !self.has(member)) {
                    map.serialize_entry(member, value)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::resource::read_object(deserializer, Self::default(), |resource, member, raw: Box<serde_json::value::RawValue>| {
                    resource.set(member, &raw)
                })
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

/// Fills a resource from a JSON object, member by member, as `set` says. `R` is how the text of a member's value is
/// held meanwhile: borrowed, or owned where the JSON may come in pieces.
pub(crate) fn read_object<'de, D, R, V, F>(deserializer: D, resource: V, set: F) -> Result<V, D::Error>
where
    D: Deserializer<'de>,
    R: Deserialize<'de>,
    F: FnMut(&mut V, Cow<'de, str>, R) -> Result<(), TooDeep>,
{
    deserializer.deserialize_map(Object { resource, set, raw: PhantomData })
}

struct Object<R, V, F> {
    resource: V,
    set: F,
    raw: PhantomData<R>,
}

impl<'de, R, V, F> Visitor<'de> for Object<R, V, F>
where
    R: Deserialize<'de>,
    F: FnMut(&mut V, Cow<'de, str>, R) -> Result<(), TooDeep>,
{
    type Value = V;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<V, A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            (self.set)(&mut self.resource, name, map.next_value()?).map_err(A::Error::custom)?;
        }
        Ok(self.resource)
    }
}

/// The name of a member; it is borrowed unless there are escapes in it.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
