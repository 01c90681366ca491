//! What the channels ask for: one file per view.
//!
//! There is nothing to translate. A view is the way from what a channel knows of a customer to the server's accounts.

mod bot_accounts;
mod bot_balance_enquiry;

pub use bot_accounts::Number;
pub use bot_balance_enquiry::Reference;
