//! Which billing system answers the agents, unless the configuration says otherwise.

use tmf666_model::codes::{BusinessUnit, Lob};
use ux_server::{Route, Routing};

use crate::System;

pub(crate) fn default_table() -> Routing<System> {
    // Customers and fixed lines live in CSG, the balances and the dunning of mobile lines in Aria.
    Routing::empty().with(&BusinessUnit::Pr, &Lob::Fixed, Route::System(System::Csg)).with(
        &BusinessUnit::Pr,
        &Lob::Postpaid,
        Route::System(System::Aria),
    )
}

/// One view of each system: customers and lists out of CSG, balances out of Aria.
pub(crate) fn has_view(system: System, lob: &Lob) -> bool {
    match system {
        System::Aria => *lob == Lob::Postpaid,
        System::Csg => *lob == Lob::Fixed,
    }
}
