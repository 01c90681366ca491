//! What every part of the projection needs: where it is, what it left out, and the members that all objects share.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{LeftOut, LeftOutReason};
use crate::pointer::Pointer;
use crate::{Extra, Money, Resource, Text, TimePeriod, is_date_time};

#[derive(Debug, Default)]
pub(super) struct Context {
    pointer: Pointer,
    pub(super) left_out: Vec<LeftOut>,
}

/// The names that a version-4 object gives its type.
pub(super) struct TypeNames {
    pub(super) at_type: Option<Text>,
    pub(super) at_base_type: Option<Text>,
    pub(super) at_schema_location: Option<Text>,
}

/// Takes the type names out of a version-4 resource.
macro_rules! type_names {
    ($resource:ident) => {
        $crate::v5::context::TypeNames {
            at_type: $resource.at_type.take(),
            at_base_type: $resource.at_base_type.take(),
            at_schema_location: $resource.at_schema_location.take(),
        }
    };
}
pub(super) use type_names;

impl Context {
    pub(super) fn leave_out(&mut self, member: &str, reason: LeftOutReason) {
        let back = self.pointer.enter(member);
        self.leave_out_here(reason);
        self.pointer.leave(back);
    }

    /// Leaves out what the projection is at.
    pub(super) fn leave_out_here(&mut self, reason: LeftOutReason) {
        self.left_out.push(LeftOut { pointer: self.pointer.as_str().to_owned(), reason });
    }

    /// Leaves out a member if it is there.
    pub(super) fn leave_out_some<T>(&mut self, member: &str, value: Option<&T>, reason: LeftOutReason) {
        if value.is_some() {
            self.leave_out(member, reason);
        }
    }

    pub(super) fn object<A, B>(&mut self, member: &str, value: Option<A>, project: impl FnOnce(A, &mut Self) -> Option<B>) -> Option<B> {
        let back = self.pointer.enter(member);
        let projected = value.and_then(|value| project(value, self));
        self.pointer.leave(back);
        projected
    }

    /// Projects a list whose items become none, one or several.
    pub(super) fn list<A, B, I>(&mut self, member: &str, values: Vec<A>, mut project: impl FnMut(A, &mut Self) -> I) -> Vec<B>
    where
        I: IntoIterator<Item = B>,
    {
        let back = self.pointer.enter(member);
        let mut projected = Vec::with_capacity(values.len());
        for (position, value) in values.into_iter().enumerate() {
            let back = self.pointer.enter_item(position);
            projected.extend(project(value, self));
            self.pointer.leave(back);
        }
        self.pointer.leave(back);
        projected
    }

    pub(super) fn date_time(&mut self, member: &str, text: Option<Text>) -> Option<Text> {
        if text.as_deref().is_none_or(is_date_time) {
            return text;
        }
        self.leave_out(member, LeftOutReason::NotADateTime);
        None
    }

    pub(super) fn period(&mut self, period: Option<TimePeriod>) -> Option<TimePeriod> {
        self.object("validFor", period, |period, cx| {
            Some(TimePeriod {
                start_date_time: cx.date_time("startDateTime", period.start_date_time),
                end_date_time: cx.date_time("endDateTime", period.end_date_time),
                extra: cx.further::<TimePeriod>(period.extra, &[]),
            })
        })
    }

    pub(super) fn money(&mut self, member: &str, money: Option<Money>) -> Option<Money> {
        self.object(member, money, |money, cx| {
            Some(Money { unit: money.unit, value: money.value.map(crate::Amount::unquoted), extra: cx.further::<Money>(money.extra, &[]) })
        })
    }

    /// The `@baseType` and `@schemaLocation` that go with the version-5 type. They are left out with a `@type` that is
    /// not one of `own`, because they describe that one.
    pub(super) fn type_names(&mut self, names: TypeNames, own: &[&str]) -> (Option<Text>, Option<Text>) {
        if names.at_type.as_deref().is_none_or(|name| own.contains(&name)) {
            return (names.at_base_type, names.at_schema_location);
        }
        self.leave_out("@type", LeftOutReason::NotInVersion5);
        self.leave_out_some("@baseType", names.at_base_type.as_ref(), LeftOutReason::NotInVersion5);
        self.leave_out_some("@schemaLocation", names.at_schema_location.as_ref(), LeftOutReason::NotInVersion5);
        (None, None)
    }

    /// Takes a member that version 5 (mostly 4.1.0 too) has and 4.0.0 has not.
    pub(super) fn take<T: DeserializeOwned>(&mut self, extra: &mut Extra, member: &str) -> Option<T> {
        let raw = extra.remove(member)?;
        let value = serde_json::from_str(raw.get()).ok();
        if value.is_none() {
            self.leave_out(member, LeftOutReason::WrongType);
        }
        value
    }

    /// The members that neither version knows. A documented one is among them only if its type was wrong.
    pub(super) fn further<R: Resource>(&mut self, mut extra: Extra, version5: &[&[&str]]) -> Extra {
        extra.retain(|member| {
            let documented = R::MEMBERS.contains(&member) && !R::EXTENSIONS.contains(&member);
            let further = !documented && !version5.iter().any(|members| members.contains(&member));
            if !further {
                self.leave_out(member, LeftOutReason::WrongType);
            }
            further
        });
        extra
    }
}

/// Carries a version-4 extension on as a further member.
pub(super) fn carry(extra: &mut Extra, member: &str, value: Option<&impl Serialize>) {
    // Values of the model can always be written.
    if let Some(Ok(raw)) = value.map(serde_json::value::to_raw_value) {
        extra.remove(member);
        extra.keep(Text::from(member), raw);
    }
}
