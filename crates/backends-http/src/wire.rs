//! Wire structs: what a system's JSON is read into.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::json::{Json, NotRead};

/// What [`Json`] can be read into. serde reads the same, and alike; it is asked where this reader gives up.
pub trait Wire<'de>: Default + Deserialize<'de> {
    /// Reads the value that comes next into `self`, which is as `default` made it.
    ///
    /// # Errors
    /// The value may be something else than expected. What `self` is then means nothing.
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead>;
}

/// Passed over.
impl<'de> Wire<'de> for IgnoredAny {
    fn read(&mut self, json: &mut Json<'de>) -> Result<(), NotRead> {
        json.ignore()
    }
}

impl<'de> Json<'de> {
    /// Reads the value of a member, which may come once; whether another member follows.
    ///
    /// # Errors
    /// It has come before, the value may be something else than expected, or the object does not go on well.
    // A record has dozens of members, each read once: this code in the place of each would be fetched anew for each.
    #[inline(never)]
    pub fn member(&mut self, has_come: &mut bool, member: &mut impl Wire<'de>) -> Result<bool, NotRead> {
        if std::mem::replace(has_come, true) {
            return Err(NotRead);
        }
        member.read(self)?;
        self.goes_on(b'}')
    }
}

/// Declares wire structs: each field with its name in the JSON, in the order in which the system writes them, which makes
/// reading quicker and nothing else. Members may be missing and come in any order; others are passed over. One that comes
/// twice is refused, and so is a list in place of an object.
///
/// ```
/// use backends_http::lenient::Lenient;
/// use tmf666_model::Text;
///
/// backends_http::wire! {
///     /// What a system knows of an account.
///     pub struct Record {
///         /// Number of the account.
///         pub account_no: Lenient<Text> => "accountNo",
///     }
/// }
///
/// let record: Record = backends_http::read_json(br#"{"accountNo": 301, "name": "x"}"#).unwrap();
/// assert_eq!(record.account_no.0.unwrap(), "301");
/// ```
#[macro_export]
macro_rules! wire {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* pub $field:ident : $type:ty => $json:literal , )+
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Default)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )+
        }

        // Not derived: that would also take a list, and its items for the members by their position.
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> ::serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: ::serde::de::MapAccess<'de>>(self, mut members: A) -> Result<$name, A::Error> {
                        let mut value = $name::default();
                        // Whether the member has come.
                        $( let mut $field = false; )+
                        while let Some(name) = members.next_key::<String>()? {
                            match name.as_str() {
                                $(
                                    $json => {
                                        if ::std::mem::replace(&mut $field, true) {
                                            return Err(::serde::de::Error::duplicate_field($json));
                                        }
                                        value.$field = members.next_value()?;
                                    }
                                )+
                                _ => drop(members.next_value::<::serde::de::IgnoredAny>()?),
                            }
                        }
                        Ok(value)
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }

        impl<'de> $crate::Wire<'de> for $name {
            fn read(&mut self, json: &mut $crate::Json<'de>) -> Result<(), $crate::NotRead> {
                // Whether the member has come.
                $( let mut $field = false; )+
                let mut more = json.enter(b'{', b'}')?;
                while more {
                    $(
                        if json.is_named(concat!('"', $json, "\":")) && !json.member(&mut $field, &mut self.$field)? {
                            return Ok(());
                        }
                    )+
                    // What comes now is not in the order above, is not known, or has white space in its way.
                    more = match json.name()? {
                        $(
                            $json => json.member(&mut $field, &mut self.$field)?,
                        )+
                        _ => {
                            json.ignore()?;
                            json.goes_on(b'}')?
                        }
                    };
                }
                Ok(())
            }
        }
    )+};
}
