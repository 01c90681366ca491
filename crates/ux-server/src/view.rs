//! How much of an answer a caller wants: TMF630's `fields`, `offset` and `limit`, for every GET at once.

use tmf666_model::Selection;

use crate::error::ApiError;
use crate::param::{AnyParam, Param, Place};
use crate::representation::Scope;
use crate::request::Query;

/// `fields` of every GET.
pub(crate) const FIELDS: Param<Selection> =
    Param::pattern(Place::Query, "fields", r"^[A-Za-z0-9@_.-]{1,64}(,[A-Za-z0-9@_.-]{1,64}){0,63}$", |text| {
        (text.split(',').count() <= MAX_FIELDS && text.split(',').all(is_name)).then(|| Selection::parse(text).ok()).flatten()
    })
    .optional()
    .about(
        "First-level members wanted, with commas between them, or none; id and href always stay (TMF630). All members if left out.",
        "name,accountBalance",
    );

const MAX_FIELDS: usize = 64;

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@_.-".contains(&byte))
}

/// `offset` of every list.
pub(crate) const OFFSET: Param<usize> = Param::pattern(Place::Query, "offset", "^[0-9]{1,9}$", whole_number)
    .optional()
    .about("How many resources to leave out at the beginning; 0 if left out (TMF630).", "0");

/// `limit` of every list.
pub(crate) const LIMIT: Param<usize> =
    Param::pattern(Place::Query, "limit", "^[1-9][0-9]{0,8}$", |text| whole_number(text).filter(|_| !text.starts_with('0')))
        .optional()
        .about("How many resources to answer at most; all if left out (TMF630).", "10");

fn whole_number(text: &str) -> Option<usize> {
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The query parameters that an answer of this scope brings with it.
pub(crate) fn params(scope: Scope) -> &'static [&'static dyn AnyParam] {
    match scope {
        Scope::Whole => &[],
        Scope::Resource => &[&FIELDS],
        Scope::List => &[&FIELDS, &OFFSET, &LIMIT],
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Page {
    offset: usize,
    limit: Option<usize>,
}

impl Page {
    /// How many to leave out.
    pub fn offset(self) -> usize {
        self.offset
    }

    /// Position behind the last one.
    pub fn end(self) -> usize {
        self.limit.map_or(usize::MAX, |limit| self.offset.saturating_add(limit))
    }
}

/// What a request wants of its answer; everything, unless it says so.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) selection: Option<Selection>,
    pub(crate) page: Option<Page>,
}

impl View {
    /// Whether a query may name one of the parameters, or has percent-encoding that may be wrong: most do not, and then need
    /// not be looked at again.
    pub(crate) fn may_be_in(query: &str) -> bool {
        query.contains('%') || query.split('&').any(|pair| matches!(pair.as_bytes(), [b'f' | b'o' | b'l', ..]))
    }

    /// Reads the parameters that an answer of this scope has; others are not looked at.
    pub(crate) fn read(scope: Scope, query: &Query<'_>) -> Result<Self, ApiError> {
        let mut view = Self::default();
        if scope != Scope::Whole {
            view.selection = query.optional(&FIELDS)?;
        }
        if scope == Scope::List {
            let (offset, limit) = (query.optional(&OFFSET)?, query.optional(&LIMIT)?);
            view.page = (offset.is_some() || limit.is_some()).then_some(Page { offset: offset.unwrap_or(0), limit });
        }
        Ok(view)
    }
}

/// What a page says about the list that it was cut from: `X-Total-Count` and `X-Result-Count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) total: usize,
    pub(crate) result: usize,
}

impl Counts {
    pub(crate) const HEADERS: [(&'static str, &'static str); 2] = [
        ("X-Total-Count", "How many resources there are in all; only where offset or limit was sent."),
        ("X-Result-Count", "How many of them this answer holds; only where offset or limit was sent."),
    ];
}
