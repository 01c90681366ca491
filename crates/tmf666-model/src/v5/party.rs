//! Related parties.

use serde::Serialize;

use super::context::Context;
use super::object::{Object, object};
use super::reference::{PartyRef, PartyRoleRef, reference};
use crate::{Characteristic, Text};

object! {
    /// A party or party role related to the account. Version 4 had the reference's members flat beside the role.
    #[derive(Default)]
    pub struct RelatedPartyRefOrPartyRoleRef {
        /// Role that the party plays towards the account.
        role: Option<Text> => "role",
        /// Who it is.
        party_or_party_role: Option<PartyOrPartyRole> => "partyOrPartyRole",
        /// *Extension*: value of an entry that is no party.
        value: Option<Text> => "value",
        /// *Extension*: facts about the party.
        characteristic: Vec<Characteristic> => "characteristic",
    }
}

/// What a related party refers to, told apart by `@type` (`PartyRefOrPartyRoleRef`).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum PartyOrPartyRole {
    /// A party.
    Party(PartyRef),
    /// A role that a party plays.
    PartyRole(PartyRoleRef),
}

/// Types of party roles in TMF669 Party Role Management and TMF629 Customer Management; all others are parties.
const PARTY_ROLES: [&str; 6] = ["PartyRole", "Customer", "Consumer", "BusinessPartner", "Producer", "Supplier"];

pub(super) fn related_party(mut party: crate::RelatedParty, cx: &mut Context) -> Option<RelatedPartyRefOrPartyRoleRef> {
    // Further members stay beside the role, because there may be no reference to hold them.
    let extra = cx.further::<crate::RelatedParty>(std::mem::take(&mut party.extra), &[RelatedPartyRefOrPartyRoleRef::MEMBERS]);
    let reference = reference!(party).project::<crate::RelatedParty>(&["RelatedParty", "relatedParty"], cx);
    Some(RelatedPartyRefOrPartyRoleRef {
        role: party.role,
        party_or_party_role: reference.map(|entity| match entity.at_referred_type.as_deref() {
            Some(name) if PARTY_ROLES.contains(&name) => PartyOrPartyRole::PartyRole(entity.into()),
            _ => PartyOrPartyRole::Party(entity.into()),
        }),
        value: party.value,
        characteristic: characteristics(party.characteristic),
        extra,
        ..Default::default()
    })
}

/// Characteristics carried on: version 5 wants a `@type` on every object.
pub(super) fn characteristics(mut list: Vec<Characteristic>) -> Vec<Characteristic> {
    for characteristic in &mut list {
        characteristic.extra.remove("@type");
        characteristic.at_type.get_or_insert(Text::fixed("Characteristic"));
    }
    list
}
