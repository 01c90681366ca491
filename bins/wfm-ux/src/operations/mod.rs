//! The operations, one file each.

pub(crate) mod get_by_id;
