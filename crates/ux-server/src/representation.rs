//! What operations answer: typed until the last moment, so that one place selects, pages, writes and publishes all of it.

use schemars::JsonSchema;
use serde::Serialize;
use tmf666_model::{BillingAccount, Selection, WriteJson as _};

use crate::error::ApiError;
use crate::view::Page;

/// What a representation offers to a caller that wants less of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All or nothing.
    Whole,
    /// A resource: `fields=`.
    Resource,
    /// A list of resources: `fields=`, `offset=`, `limit=`.
    List,
}

/// The body of an operation's answer. Its schema is what the OpenAPI document says about the operation.
pub trait Representation: JsonSchema + Send {
    /// What a caller may ask for less of.
    const SCOPE: Scope = Scope::Whole;

    /// Takes away the members that were not selected.
    fn select(&mut self, _selection: &Selection) {}

    /// Takes away what lies outside the page and returns how much there was before.
    fn cut(&mut self, _page: Page) -> usize {
        0
    }

    /// How many resources there are in it.
    fn count(&self) -> usize {
        1
    }

    /// The body, written once.
    ///
    /// # Errors
    /// 500 if it cannot be written as JSON.
    fn to_body(&self) -> Result<Vec<u8>, ApiError>;
}

/// On the heap, because an account is large and changes hands a dozen times.
impl Representation for Box<BillingAccount> {
    const SCOPE: Scope = Scope::Resource;

    fn select(&mut self, selection: &Selection) {
        selection.apply(&mut **self);
    }

    fn to_body(&self) -> Result<Vec<u8>, ApiError> {
        Ok(self.to_json())
    }
}

impl Representation for Vec<BillingAccount> {
    const SCOPE: Scope = Scope::List;

    fn select(&mut self, selection: &Selection) {
        for account in self {
            selection.apply(account);
        }
    }

    fn cut(&mut self, page: Page) -> usize {
        let total = self.len();
        self.truncate(page.end());
        self.drain(..page.offset().min(self.len()));
        total
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn to_body(&self) -> Result<Vec<u8>, ApiError> {
        Ok(self.to_json())
    }
}

/// Any other body.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: Serialize + JsonSchema + Send> Representation for Json<T> {
    fn to_body(&self) -> Result<Vec<u8>, ApiError> {
        serde_json::to_vec(&self.0).map_err(ApiError::internal)
    }
}
