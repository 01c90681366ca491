//! By which member a server finds the accounts behind a phone number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use tmf666_model::{AnyValue, BillingAccount, Text};

use crate::client::Filter;

/// How accounts are found by a phone number. TMF666 v4.0.0 has no member for the number of a service, so servers differ.
///
/// In configuration: `characteristic:NAME`, or `contactMedium`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberSearch {
    /// The account has a characteristic of this name with the number as its value.
    Characteristic(Text),
    /// A contact of the account has the number: `contact.contactMedium.characteristic.phoneNumber`.
    ContactMedium,
}

/// The text names no way to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSearch;

impl fmt::Display for UnknownSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`contactMedium` or `characteristic:NAME` is expected")
    }
}

impl std::error::Error for UnknownSearch {}

impl FromStr for NumberSearch {
    type Err = UnknownSearch;

    fn from_str(text: &str) -> Result<Self, UnknownSearch> {
        match text.split_once(':') {
            None if text == "contactMedium" => Ok(Self::ContactMedium),
            Some(("characteristic", name)) if !name.is_empty() => Ok(Self::Characteristic(name.into())),
            _ => Err(UnknownSearch),
        }
    }
}

impl<'de> Deserialize<'de> for NumberSearch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl NumberSearch {
    pub(crate) fn filters<'a>(&'a self, number: &'a str) -> Vec<Filter<'a>> {
        match self {
            Self::Characteristic(name) => {
                vec![Filter { member: "characteristic.name", value: name }, Filter { member: "characteristic.value", value: number }]
            }
            Self::ContactMedium => vec![Filter { member: "contact.contactMedium.characteristic.phoneNumber", value: number }],
        }
    }

    /// Whether the account really has the number.
    pub(crate) fn fits(&self, account: &BillingAccount, number: &str) -> bool {
        match self {
            Self::Characteristic(name) => account.characteristic.iter().any(|characteristic| {
                let value = match &characteristic.value {
                    Some(AnyValue::Text(text)) => text.as_str(),
                    Some(AnyValue::Number(digits)) => digits.as_str(),
                    _ => return false,
                };
                characteristic.name.as_ref() == Some(name) && is_same(value, number)
            }),
            Self::ContactMedium => {
                let media = account.contact.iter().flat_map(|contact| &contact.contact_medium);
                let mut numbers = media.filter_map(|medium| medium.characteristic.as_ref()?.phone_number.as_deref());
                numbers.any(|held| is_same(held, number))
            }
        }
    }
}

/// Whether the account belongs to the party with this id.
pub(crate) fn belongs_to(account: &BillingAccount, party: &str) -> bool {
    account.related_party.iter().any(|related| related.id.as_deref().is_some_and(|id| is_same(id, party)))
}

/// The same but for punctuation and case, as in `12.345.678-k` and `12345678-K`, `+56 2 2555 0101` and `56225550101`.
fn is_same(held: &str, wanted: &str) -> bool {
    let significant =
        |text: &str| text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let held = significant(held);
    !held.is_empty() && held == significant(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_and_case_do_not_count() {
        assert!(is_same("12.345.678-k", "12345678-K"));
        assert!(is_same("+56 2 2555 0101", "56225550101"));
        for (held, wanted) in [("12345678-9", "12345678-K"), ("", ""), ("-", "."), ("56225550101", "5622555010")] {
            assert!(!is_same(held, wanted), "{held} {wanted}");
        }
    }

    #[test]
    fn searches_are_named_in_configuration() {
        assert_eq!("contactMedium".parse(), Ok(NumberSearch::ContactMedium));
        assert_eq!("characteristic:msisdn".parse(), Ok(NumberSearch::Characteristic("msisdn".into())));
        for wrong in ["", "characteristic", "characteristic:", "contactmedium", "relatedParty:id"] {
            assert_eq!(wrong.parse::<NumberSearch>(), Err(UnknownSearch), "{wrong}");
        }
    }
}
