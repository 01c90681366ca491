//! Which billing system answers the technicians, unless the configuration says otherwise.

use tmf666_model::codes::{BusinessUnit, Lob};
use ux_server::{Route, Routing};

use crate::System;

/// Technicians visit fixed lines, so the row of a unit is its cell for FIXED; requests name no line of business.
pub(crate) const LOB: Lob = Lob::Fixed;

pub(crate) fn default_table() -> Routing<System> {
    Routing::empty().with(
        &BusinessUnit::Jm,
        &LOB,
        Route::ByAccountNumber {
            lengths: vec![(8, System::Cerillion), (12, System::Liberate)],
            otherwise: vec![System::Cerillion, System::Liberate],
        },
    )
}

pub(crate) fn has_view(_: System, lob: &Lob) -> bool {
    *lob == LOB
}
