//! Which billing system answers the bot, unless the configuration says otherwise.

use tmf666_model::codes::{BusinessUnit, Lob};
use ux_server::{Route, Routing};

use crate::System;

pub(crate) fn default_table() -> Routing<System> {
    // Puerto Rico's mobile lines live in Aria and Salesforce, of which the bot has no view.
    Routing::empty().with(&BusinessUnit::Pr, &Lob::Fixed, Route::System(System::Csg))
}
