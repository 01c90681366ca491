//! What the channels ask for: one file per view.
//!
//! There is nothing to translate. A view is the way from what a channel knows of a customer to the server's accounts; it adds
//! nothing but the market's currency, where the server names none.

mod bot_accounts;
mod bot_balance_enquiry;

pub use bot_accounts::Number;
pub use bot_balance_enquiry::Reference;

use tmf666_model::codes::BusinessUnit;
use tmf666_model::{BillingAccount, Money, Text};

/// Gives the amounts that the server names no currency for that of the market.
fn name_currency(account: &mut BillingAccount, unit: &BusinessUnit) {
    let Some(currency) = unit.currency().map(Text::fixed) else { return };
    let of_balances = account.account_balance.iter_mut().filter_map(|balance| balance.amount.as_mut());
    let of_plans = account.payment_plan.iter_mut().filter_map(|plan| plan.total_amount.as_mut());
    for money in of_balances.chain(of_plans).chain(&mut account.credit_limit).filter(|money| names_no_currency(money)) {
        // A `null` that was there would be a second unit.
        money.extra.remove("unit");
        money.unit = Some(currency.clone());
    }
}

/// Whether there is an amount, and absent, `null` or empty text where its currency should be.
fn names_no_currency(money: &Money) -> bool {
    let unreadable = money.extra.get("unit").is_some_and(|raw| raw.get() != "null");
    money.value.is_some() && money.unit.as_deref().is_none_or(str::is_empty) && !unreadable
}
