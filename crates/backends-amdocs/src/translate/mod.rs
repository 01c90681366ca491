//! Amdocs's records → TMF666 accounts, one file per view.
//!
//! Every function is pure and total: what can be wrong with a record was found when it was decoded.

pub mod dxp_by_id;
