//! Builds an account and prints it as TMF666 v4 and as v5: `cargo run --example build`.
#![allow(clippy::print_stdout)]

use std::error::Error;

use tmf666_model::{
    AccountBalance, Amount, BillingAccount, Contact, ContactMedium, MediumCharacteristic, Money, RelatedParty, TimePeriod, v5,
};

fn main() -> Result<(), Box<dyn Error>> {
    let due: Amount = "58.30".parse()?;
    let paid: Amount = "20.00".parse()?;
    let open = Amount::from(due.to_decimal()? - paid.to_decimal()?);
    let since = TimePeriod { start_date_time: Some("2024-06-01T00:00:00Z".into()), ..TimePeriod::default() };
    let account = BillingAccount {
        id: Some("7001".into()),
        href: Some("https://esb.example.com/billingAccount/7001".into()),
        name: Some("Office line".into()),
        account_balance: vec![AccountBalance {
            balance_type: Some("ReceivableBalance".into()),
            amount: Some(Money::new("USD", open)),
            valid_for: Some(since.clone()),
            ..AccountBalance::default()
        }],
        contact: vec![Contact {
            contact_type: Some("Primary".into()),
            contact_medium: vec![email("nora.sample@example.com")],
            valid_for: Some(since),
            ..Contact::default()
        }],
        related_party: vec![RelatedParty {
            id: Some("41".into()),
            name: Some("Nora Sample".into()),
            at_referred_type: Some("Individual".into()),
            ..RelatedParty::default()
        }],
        ..BillingAccount::default()
    };
    println!("{}", serde_json::to_string_pretty(&account)?);
    println!("{}", serde_json::to_string_pretty(&v5::project(account).account)?);
    Ok(())
}

fn email(address: &str) -> ContactMedium {
    ContactMedium {
        medium_type: Some("Email".into()),
        characteristic: Some(MediumCharacteristic { email_address: Some(address.into()), ..MediumCharacteristic::default() }),
        ..ContactMedium::default()
    }
}
