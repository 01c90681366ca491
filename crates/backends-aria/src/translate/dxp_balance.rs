//! dxp-ux, billing account by id with target system Aria: what is due, and when.

use chrono::NaiveDate;
use tmf666_model::{AccountBalance, BillStructure, BillingAccount, BillingCycleSpecification, Characteristic, Money, RelatedParty, Text};

use super::{BILLING_ACCOUNT, CURRENCY, master_plan};
use crate::wire::{AccountDetails, Date, MasterPlan, PlanBalance, StatementHistory};

/// The answers that this view is made from.
#[derive(Debug)]
pub struct Answers {
    /// Of `get_acct_plan_balance_m`.
    pub balance: PlanBalance,
    /// Of `get_acct_details_all_m`.
    pub details: AccountDetails,
    /// Of `get_acct_statement_history_m`.
    pub statements: StatementHistory,
}

/// The account as dxp-ux documents it for Aria. `today` is the day in UTC.
pub fn billing_account(answers: &Answers, account: &str, plan_instance: &str, today: NaiveDate) -> BillingAccount {
    let plan = master_plan(&answers.details, plan_instance);
    let bill_date = plan.and_then(|plan| plan.last_bill_date.0);
    BillingAccount {
        account_balance: balance(&answers.balance).into_iter().collect(),
        bill_structure: bill_date.map(|Date(day)| BillStructure {
            cycle_specification: Some(BillingCycleSpecification {
                payment_due_date_offset: Some((today - day).num_days()),
                ..BillingCycleSpecification::default()
            }),
            ..BillStructure::default()
        }),
        extended_characteristics: [("billDate", bill_date), ("autoPayDate", auto_pay_date(&answers.statements, plan))]
            .into_iter()
            .filter_map(|(name, day)| day.map(|Date(day)| Characteristic::new(name, Text::from(day.to_string()))))
            .collect(),
        related_party: vec![RelatedParty {
            id: Some(Text::from(account)),
            at_type: Some(Text::fixed("MigratedAccountRef")),
            name: Some(Text::fixed("BAN")),
            ..RelatedParty::default()
        }],
        at_type: Some(BILLING_ACCOUNT),
        ..BillingAccount::default()
    }
}

/// This channel's document prints the figure as a number and the currency in upper case.
fn balance(balance: &PlanBalance) -> Option<AccountBalance> {
    let amount = balance.total_balance_due.0.clone()?.unquoted();
    let currency = balance.currency_cd.0.as_deref().unwrap_or(CURRENCY).to_ascii_uppercase();
    Some(AccountBalance { amount: Some(Money::new(currency, amount)), ..AccountBalance::default() })
}

/// When the newest open statement is due; where every statement is paid, when the next bill is made.
fn auto_pay_date(statements: &StatementHistory, plan: Option<&MasterPlan>) -> Option<Date> {
    let open = statements.statements_history.0.iter().filter(|statement| statement.is_paid_ind.0.as_deref() == Some("0"));
    let newest = open.max_by_key(|statement| (statement.create_date.0, statement.due_date.0));
    newest.and_then(|statement| statement.due_date.0).or_else(|| plan?.next_bill_date.0)
}
