//! Reads an account from standard input and prints what is due: `cargo run --example read < account.json`.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io;

use tmf666_model::BillingAccount;
use tmf666_model::codes::{CodeTable, DelinquencyStatus};

fn main() -> Result<(), Box<dyn Error>> {
    let account: BillingAccount = serde_json::from_reader(io::stdin().lock())?;
    println!("account {}", account.id.as_deref().unwrap_or("without an id"));
    let status = DelinquencyStatus::parse(account.payment_status.as_deref().unwrap_or_default());
    println!("status  {} ({})", status.label().unwrap_or("unknown code"), status);
    for balance in &account.account_balance {
        let kind = balance.balance_type.as_deref().unwrap_or("balance");
        let money = balance.amount.clone().unwrap_or_default();
        if let (Some(unit), Some(value)) = (money.unit, money.value) {
            println!("{kind}: {value} {unit}");
        }
    }
    for (member, _) in account.extra.iter() {
        println!("also there: {member}");
    }
    Ok(())
}
