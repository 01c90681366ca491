//! [`validate`]: the strict reading of an account that was read leniently.

use std::fmt;

use crate::pointer::Pointer;
use crate::value::{Field, Value};
use crate::{BillingAccount, Extra, is_date_time};

/// Every violation of the TMF666 v4 conformance profile in an account that a server answers with, in the order of the
/// account's members; none for a conformant account.
///
/// Checked are the profile's mandatory attributes of `GET /billingAccount` (there, not `null`, not blank) and, with
/// the schema of v4.0.0, the types of all documented members and the format of dates (not that of the URI in
/// `@schemaLocation`). Extensions and unknown members violate nothing. An account reduced by
/// [`Selection`](crate::Selection) is exempt by the profile: validate before.
///
/// ```
/// use tmf666_model::{BillingAccount, validate};
///
/// let account: BillingAccount = serde_json::from_str(
///     r#"{"id":"7001","href":"/billingAccount/7001","name":" ","relatedParty":[{"id":"41","name":"Nora"}],"state":1}"#,
/// )?;
/// let violations: Vec<String> = validate(&account).iter().map(|v| format!("{} {}", v.pointer, v.kind)).collect();
/// assert_eq!(violations, ["/name is blank", "/state is no text", "/relatedParty/0/@referredType is missing"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn validate(account: &BillingAccount) -> Vec<Violation> {
    let mut inspection = Inspection::default();
    account.inspect(&mut inspection);
    inspection.violations
}

/// One violation. It names the place and never repeats the value, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The member, as a JSON pointer (RFC 6901): `/accountBalance/0/validFor`.
    pub pointer: String,
    /// What is wrong with it.
    pub kind: ViolationKind,
    /// Which rule says so.
    pub clause: Clause,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.pointer, self.kind, self.clause)
    }
}

/// What is wrong with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A mandatory attribute is not there.
    Missing,
    /// It is there as `null`.
    Null,
    /// A mandatory text is empty or holds spaces only.
    Blank,
    /// A mandatory list has no item.
    EmptyList,
    /// Its JSON type is another one; the value was kept in [`Extra`](crate::Extra), or is a quoted figure.
    WrongType {
        /// What it ought to be: `text`, `number`, `object`, …
        expected: &'static str,
    },
    /// A text that is no RFC 3339 date-time.
    NotADateTime,
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Null => f.write_str("is null"),
            Self::Blank => f.write_str("is blank"),
            Self::EmptyList => f.write_str("is an empty list"),
            Self::WrongType { expected } => write!(f, "is no {expected}"),
            Self::NotADateTime => f.write_str("is no date-time"),
        }
    }
}

/// The rule that a [`Violation`] breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clause {
    /// Conformance profile: attribute that every returned account has.
    Mandatory,
    /// Conformance profile: attribute that is there whenever its parent is.
    MandatoryWithParent,
    /// Schema of v4.0.0: the member's type.
    SchemaType,
    /// Schema of v4.0.0: the member's format.
    SchemaFormat,
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mandatory => "TMF666B Conformance Profile 4.0.0: mandatory attribute",
            Self::MandatoryWithParent => "TMF666B Conformance Profile 4.0.0: mandatory if its parent is present",
            Self::SchemaType => "TMF666 v4.0.0 schema: type",
            Self::SchemaFormat => "TMF666 v4.0.0 schema: format date-time",
        })
    }
}

pub(crate) struct Mandatory {
    /// A JSON pointer without the positions in lists.
    parent: &'static str,
    clause: Clause,
    members: &'static [&'static str],
}

/// The profile's mandatory attributes by their parent.
const PROFILE: [Mandatory; 14] = [
    Mandatory { parent: "", clause: Clause::Mandatory, members: &["id", "href", "name", "relatedParty"] },
    Mandatory { parent: "/relatedParty", clause: Clause::Mandatory, members: &["id", "name", "@referredType"] },
    Mandatory { parent: "/accountBalance", clause: Clause::MandatoryWithParent, members: &["amount", "balanceType", "validFor"] },
    Mandatory { parent: "/accountRelationship", clause: Clause::MandatoryWithParent, members: &["relationshipType", "validFor"] },
    Mandatory { parent: "/accountRelationship/account", clause: Clause::MandatoryWithParent, members: &["id"] },
    Mandatory { parent: "/billStructure/cycleSpecification", clause: Clause::MandatoryWithParent, members: &["name"] },
    Mandatory { parent: "/billStructure/format", clause: Clause::MandatoryWithParent, members: &["name"] },
    Mandatory { parent: "/billStructure/presentationMedia", clause: Clause::MandatoryWithParent, members: &["name"] },
    Mandatory { parent: "/contact", clause: Clause::MandatoryWithParent, members: &["contactType", "validFor"] },
    Mandatory { parent: "/contact/relatedParty", clause: Clause::MandatoryWithParent, members: &["id", "name", "@referredType"] },
    Mandatory { parent: "/defaultPaymentMethod", clause: Clause::MandatoryWithParent, members: &["id"] },
    Mandatory { parent: "/financialAccount", clause: Clause::MandatoryWithParent, members: &["id"] },
    Mandatory { parent: "/paymentPlan/paymentMethod", clause: Clause::MandatoryWithParent, members: &["id"] },
    Mandatory { parent: "/taxExemption", clause: Clause::MandatoryWithParent, members: &["issuingJurisdiction", "validFor"] },
];

/// Members that the schema of v4.0.0 gives the format `date-time`.
const DATE_TIMES: [&str; 3] = ["lastModified", "startDateTime", "endDateTime"];

/// A walk through an account: where it is, and what it has found.
#[derive(Debug, Default)]
pub(crate) struct Inspection {
    pointer: Pointer,
    /// As `pointer`, without list positions.
    attribute: Pointer,
    member: &'static str,
    /// The clause that makes the member mandatory.
    clause: Option<Clause>,
    violations: Vec<Violation>,
}

impl Inspection {
    /// The mandatory members of the object that the walk is in.
    pub(crate) fn mandatory(&self) -> Option<&'static Mandatory> {
        PROFILE.iter().find(|row| row.parent == self.attribute.as_str())
    }

    /// Looks at a member of the object that the walk is in.
    pub(crate) fn member<F: Field>(&mut self, mandatory: Option<&Mandatory>, name: &'static str, field: &F, extra: &Extra) {
        let unread = if field.is_absent() { extra.get(name) } else { None };
        self.member = name;
        self.clause = mandatory.filter(|row| row.members.contains(&name)).map(|row| row.clause);
        if field.is_absent() && unread.is_none() && self.clause.is_none() {
            return;
        }
        let back = (self.pointer.enter(name), self.attribute.enter(name));
        match unread {
            _ if !field.is_absent() => field.inspect(self),
            Some(raw) if raw.get() == "null" => self.report(ViolationKind::Null, self.clause.unwrap_or(Clause::SchemaType)),
            Some(raw) => F::inspect_unread(raw, self),
            None => self.report_if_mandatory(ViolationKind::Missing),
        }
        self.pointer.leave(back.0);
        self.attribute.leave(back.1);
    }

    /// Looks at an item of the list that the walk is in.
    pub(crate) fn item(&mut self, position: usize, look: impl FnOnce(&mut Self)) {
        let back = self.pointer.enter_item(position);
        look(self);
        self.pointer.leave(back);
    }

    pub(crate) fn wrong_type(&mut self, expected: &'static str) {
        self.report(ViolationKind::WrongType { expected }, Clause::SchemaType);
    }

    /// Only the profile objects to an empty list.
    pub(crate) fn empty_list(&mut self) {
        self.report_if_mandatory(ViolationKind::EmptyList);
    }

    pub(crate) fn text(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.report_if_mandatory(ViolationKind::Blank);
        }
        if DATE_TIMES.contains(&self.member) && !is_date_time(text) {
            self.report(ViolationKind::NotADateTime, Clause::SchemaFormat);
        }
    }

    fn report_if_mandatory(&mut self, kind: ViolationKind) {
        if let Some(clause) = self.clause {
            self.report(kind, clause);
        }
    }

    fn report(&mut self, kind: ViolationKind, clause: Clause) {
        self.violations.push(Violation { pointer: self.pointer.as_str().to_owned(), kind, clause });
    }
}
