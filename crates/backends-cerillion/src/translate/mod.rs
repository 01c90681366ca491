//! Cerillion's records → TMF666 accounts: one file per view, and here what the views share.
//!
//! Every function is pure and total: what can be wrong with a record was found when it was decoded.

pub mod bot_accounts;
pub mod bot_balance_enquiry;
pub mod wfm_by_id;

use tmf666_model::codes::BusinessUnit;
use tmf666_model::{AccountBalance, Amount, MediumCharacteristic, Money, Text, TimePeriod};

use crate::wire;

/// What a view needs besides the record.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The market, for its currency.
    pub unit: &'a BusinessUnit,
    /// What `href`s begin with; without a slash at its end.
    pub public_base_url: &'a str,
    /// Called with the table's name for each code outside it.
    pub unknown_code: &'a dyn Fn(&'static str),
}

impl Context<'_> {
    /// The account's currency, or the market's.
    fn currency(&self, account: &wire::Account) -> Option<Text> {
        account.currency_code.0.clone().or_else(|| self.unit.currency().map(Text::fixed))
    }
}

/// The table of balance types, as the metrics name it.
pub const BALANCE_TYPES: &str = "cerillionBalanceType";

/// The code of the balance that decides about arrears.
const OVERDUE: &str = "overdue";

/// `In Arrears` when the overdue amount is above zero, else `Active`.
fn payment_status(balances: &wire::Balances) -> Text {
    let is_arrears = |balance: &wire::Balance| {
        let amount = balance.amount.0.as_ref().and_then(|money| money.value.0.as_ref());
        balance.kind.0.as_deref() == Some(OVERDUE) && amount.is_some_and(Amount::is_positive)
    };
    Text::fixed(if balances.0.iter().any(is_arrears) { "In Arrears" } else { "Active" })
}

/// The balance under the channel's name; nothing where Cerillion gave no figure.
fn account_balance(name: Text, balance: wire::Balance, currency: Option<&Text>) -> Option<AccountBalance> {
    let money = balance.amount.0?;
    Some(AccountBalance {
        balance_type: Some(name),
        amount: Some(Money { unit: money.unit.0.or_else(|| currency.cloned()), value: Some(money.value.0?), ..Money::default() }),
        valid_for: balance.date.0.map(|date| TimePeriod { end_date_time: Some(date), ..TimePeriod::default() }),
        ..AccountBalance::default()
    })
}

fn postal(address: wire::Address) -> MediumCharacteristic {
    MediumCharacteristic {
        street1: address.line1.0,
        street2: address.line2.0,
        city: address.city.0,
        state_or_province: address.state.0,
        country: address.country.0,
        post_code: address.post_code.0,
        ..MediumCharacteristic::default()
    }
}

fn fixed(text: &'static str) -> Option<Text> {
    Some(Text::fixed(text))
}
