//! References to other entities: one shape, told apart by `@type`.

use super::LeftOutReason;
use super::context::{Context, TypeNames};
use super::object::{Object, object};
use crate::{Extra, Resource, Text};

/// A version-4 reference.
pub(super) struct Reference {
    pub(super) id: Option<Text>,
    pub(super) href: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) at_referred_type: Option<Text>,
    pub(super) names: TypeNames,
    pub(super) extra: Extra,
}

/// Takes the members of a reference out of a version-4 resource.
macro_rules! reference {
    ($resource:ident) => {
        $crate::v5::reference::Reference {
            id: $resource.id.take(),
            href: $resource.href.take(),
            name: $resource.name.take(),
            at_referred_type: $resource.at_referred_type.take(),
            names: $crate::v5::context::type_names!($resource),
            extra: std::mem::take(&mut $resource.extra),
        }
    };
}
pub(super) use reference;

/// Its version-5 members, before they get a type.
pub(super) struct EntityRef {
    id: Text,
    href: Option<Text>,
    name: Option<Text>,
    pub(super) at_referred_type: Option<Text>,
    at_base_type: Option<Text>,
    at_schema_location: Option<Text>,
    extra: Extra,
}

impl Reference {
    /// Projects a reference of the version-4 type `R`, or leaves all of it out: version 5 has none without `id`.
    ///
    /// `own` are the names of the reference's own type. Many servers write the type of what is referred to into
    /// `@type`; it becomes `@referredType` where that is missing.
    pub(super) fn project<R: Resource>(mut self, own: &[&str], cx: &mut Context) -> Option<EntityRef> {
        let Some(id) = self.id.take() else {
            if !self.is_empty() {
                cx.leave_out_here(LeftOutReason::ReferenceWithoutId);
            }
            return None;
        };
        let foreign = self.names.at_type.as_deref().is_some_and(|name| !own.contains(&name));
        if foreign && (self.at_referred_type.is_none() || self.at_referred_type == self.names.at_type) {
            self.at_referred_type = self.names.at_type.take();
        }
        let (at_base_type, at_schema_location) = cx.type_names(self.names, own);
        let extra = cx.further::<R>(self.extra, &[PartyRef::MEMBERS]);
        Some(EntityRef {
            id,
            href: self.href,
            name: self.name,
            at_referred_type: self.at_referred_type,
            at_base_type,
            at_schema_location,
            extra,
        })
    }

    fn is_empty(&self) -> bool {
        let members = [&self.href, &self.name, &self.at_referred_type, &self.names.at_type];
        members.iter().all(|member| member.is_none()) && self.extra.is_empty()
    }
}

macro_rules! references {
    ($( $(#[$meta:meta])+ $name:ident ; )+) => {
        $(
            object! {
                $(#[$meta])+
                pub struct $name {
                    /// Id of what is referred to.
                    id: Text => "id",
                    /// Where it is, a URI.
                    href: Option<Text> => "href",
                    /// Its name.
                    name: Option<Text> => "name",
                    /// Its type.
                    at_referred_type: Option<Text> => "@referredType",
                }
            }

            impl From<EntityRef> for $name {
                fn from(entity: EntityRef) -> Self {
                    Self {
                        id: entity.id,
                        href: entity.href,
                        name: entity.name,
                        at_referred_type: entity.at_referred_type,
                        at_base_type: entity.at_base_type,
                        at_schema_location: entity.at_schema_location,
                        extra: entity.extra,
                    }
                }
            }
        )+
    };
}

references! {
    /// A reference to a party: an individual or an organisation.
    PartyRef;
    /// A reference to a role that a party plays, such as a customer.
    PartyRoleRef;
    /// A reference to an account.
    AccountRef;
    /// A reference to a financial account. Version 5 shows no balance in it.
    FinancialAccountRef;
    /// A reference to a payment method.
    PaymentMethodRef;
    /// A reference to a bill format.
    BillFormatRef;
    /// A reference to a presentation medium.
    BillPresentationMediaRef;
    /// A reference to a billing cycle.
    BillingCycleSpecificationRef;
}
