//! CSG accounts as the channels' documents show them: pure functions, one file per view.
//!
//! Each takes a native record and returns a model value, or an error that names the element which does not fit. Members
//! without a value are left out, except where an example of the documents shows `""`. A date is passed on with the offset it has; a date
//! without a time begins its day in UTC (`2023-06-29T00:00:00.000Z`), as the examples show.

pub mod accounts;
pub mod balance_enquiry;
pub mod by_id;
pub mod customer;
mod element;
pub mod list;
pub mod list_by_location;
pub mod list_by_ssn;
mod parts;
mod status;

pub use element::FieldError;
pub use parts::Links;
