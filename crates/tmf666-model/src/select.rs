//! [`Selection`]: TMF630's `fields=`.

use std::str::FromStr;

use crate::{Resource, Text};

/// Which first-level members a caller wants to see (TMF630 Part 1, attribute selection, the query parameter `fields`).
///
/// `id` and `href` stay whatever was selected, as TMF630 demands of both; everything else, `@type` included, stays
/// where it is named. A name that no member has is ignored. `billStructure.format` selects all of `billStructure`:
/// selecting inside a member is optional in TMF630 and not offered.
///
/// ```
/// use tmf666_model::{BillingAccount, Selection};
///
/// let mut account: BillingAccount =
///     serde_json::from_str(r#"{"id":"7001","name":"Office","state":"Active","creditLimit":{"value":2500.00}}"#)?;
/// Selection::parse("creditLimit, state")?.apply(&mut account);
/// assert_eq!(serde_json::to_string(&account)?, r#"{"id":"7001","state":"Active","creditLimit":{"value":2500.00}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Sorted.
    members: Vec<Text>,
}

/// Why a text is not a [`Selection`]: the caller's mistake, HTTP status 400. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// Nothing is named; a caller that wants no more than `id` and `href` says `none`.
    #[error("no member is named")]
    Empty,
}

impl Selection {
    /// What TMF630 calls the selection of `id` and `href` alone.
    const NONE: &str = "none";

    /// Members that no selection takes away.
    const ALWAYS: [&str; 2] = ["id", "href"];

    /// Reads the value of `fields` after percent-decoding: names with commas between them, or `none`.
    ///
    /// # Errors
    /// [`SelectionError::Empty`] where nothing is named, as in `fields=` or `fields=,`.
    pub fn parse(fields: &str) -> Result<Self, SelectionError> {
        let mut names = fields.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
        if names.peek().is_none() {
            return Err(SelectionError::Empty);
        }
        let mut members: Vec<Text> = names.filter(|name| *name != Self::NONE).map(|name| Text::from(first_level(name))).collect();
        members.sort_unstable();
        members.dedup();
        Ok(Self { members })
    }

    /// Whether a first-level member stays.
    #[must_use]
    pub fn keeps(&self, member: &str) -> bool {
        Self::ALWAYS.contains(&member) || self.members.binary_search_by(|kept| kept.as_str().cmp(member)).is_ok()
    }

    /// Takes away what was not selected. What stays is not touched, so its digits stay as they came.
    pub fn apply<R: Resource>(&self, resource: &mut R) {
        resource.retain(|member| self.keeps(member));
    }
}

impl FromStr for Selection {
    type Err = SelectionError;

    fn from_str(fields: &str) -> Result<Self, SelectionError> {
        Self::parse(fields)
    }
}

fn first_level(name: &str) -> &str {
    name.split_once('.').map_or(name, |(member, _)| member)
}
