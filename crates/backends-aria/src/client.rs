//! The calls to Aria, and the views made from their answers.

use std::sync::Arc;

use backends_http::{BackendError, Call, CallContext, ConfigProblem, Kind, Outage, Reply, System, UpstreamMetrics, Wire, decode_wire};
use bytes::Bytes;
use chrono::NaiveDate;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use tmf666_model::BillingAccount;

use crate::codes;
use crate::config::AriaConfig;
use crate::translate::sfdc_by_id::{TaxFields, sum_of_credits};
use crate::translate::{dxp_balance, sfdc_by_id};
use crate::wire::{AccountDetails, Answer, StatementHistory};

const PLAN_BALANCE: &str = "get_acct_plan_balance_m";
const DETAILS: &str = "get_acct_details_all_m";
const BILLING_GROUPS: &str = "get_acct_billing_group_details_m";
const DUNNING_GROUPS: &str = "get_acct_dunning_group_details_m";
const SERVICE_CREDITS: &str = "get_unapplied_service_credits_m";
const STATEMENTS: &str = "get_acct_statement_history_m";

const OPERATIONS: [&str; 6] = [PLAN_BALANCE, DETAILS, BILLING_GROUPS, DUNNING_GROUPS, SERVICE_CREDITS, STATEMENTS];

/// Aria as one worker sees it.
#[derive(Debug)]
pub struct AriaClient {
    system: System,
    target: PathAndQuery,
    headers: [(HeaderName, HeaderValue); 2],
    config: Arc<AriaConfig>,
}

impl AriaClient {
    /// The name in configuration, metrics and errors.
    pub const NAME: &'static str = "aria";

    /// Aria as `config` says. Opens nothing yet. Build it once, then give each further worker its own with [`Self::for_worker`].
    ///
    /// # Errors
    /// Every mistake in `config`, with keys below `systems.aria`.
    pub fn new(config: &AriaConfig, metrics: &UpstreamMetrics) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        config.check("systems.aria", &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let system = System::new(Self::NAME, &OPERATIONS, &config.http, metrics)?;
        Ok(Self::with(system, Arc::new(config.clone())))
    }

    /// The same Aria for another worker: everything shared but the connections.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self::with(self.system.for_worker(), Arc::clone(&self.config))
    }

    fn with(system: System, config: Arc<AriaConfig>) -> Self {
        let json = HeaderValue::from_static("application/json");
        Self {
            target: system.target("/v1/core").build(),
            headers: [(header::CONTENT_TYPE, json.clone()), (header::ACCEPT, json)],
            system,
            config,
        }
    }

    /// The system behind this client, for its health.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// sfdc-ux by id: balances, dunning, payment method and tax exemption of a master plan instance of an account.
    ///
    /// # Errors
    /// As for every call; not found where the account is unknown or the plan instance is not one of its.
    pub async fn sfdc_by_id(&self, ctx: &CallContext, account: &str, plan_instance: &str) -> Result<Box<BillingAccount>, BackendError> {
        let (balance, details, billing_groups, dunning_groups, credits) = tokio::try_join!(
            self.ask(ctx, PLAN_BALANCE, Arguments::of_plan(account, plan_instance), complete),
            self.details(ctx, account),
            self.ask(ctx, BILLING_GROUPS, Arguments::of_account(account), complete_or_no_data),
            self.ask(ctx, DUNNING_GROUPS, Arguments::of_account(account), complete_or_no_data),
            self.ask(ctx, SERVICE_CREDITS, Arguments::of_account(account), |reply| {
                let credits = complete_or_no_data(reply)?;
                sum_of_credits(&credits).ok_or_else(|| reply.malformed("unapplied_service_credits_details"))
            }),
        )?;
        let answers = sfdc_by_id::Answers { balance, details, billing_groups, dunning_groups, credits };
        let tax_fields = TaxFields { certificate: &self.config.tax_certificate_field, reason: &self.config.tax_reason_field };
        Ok(Box::new(sfdc_by_id::billing_account(&answers, plan_instance, tax_fields)))
    }

    /// dxp-ux by id: what is due on an account's master plan instance, and when. `today` is the day in UTC.
    ///
    /// # Errors
    /// As for every call; not found where the account is unknown or the plan instance is not one of its.
    pub async fn dxp_balance(
        &self,
        ctx: &CallContext,
        account: &str,
        plan_instance: &str,
        today: NaiveDate,
    ) -> Result<Box<BillingAccount>, BackendError> {
        let (balance, details, statements) = tokio::try_join!(
            self.ask(ctx, PLAN_BALANCE, Arguments::of_plan(account, plan_instance), complete),
            self.details(ctx, account),
            self.ask(ctx, STATEMENTS, Arguments::of_account(account), complete_or_no_data::<StatementHistory>),
        )?;
        let answers = dxp_balance::Answers { balance, details, statements };
        Ok(Box::new(dxp_balance::billing_account(&answers, account, plan_instance, today)))
    }

    async fn details(&self, ctx: &CallContext, account: &str) -> Result<AccountDetails, BackendError> {
        let arguments = Arguments {
            include_master_plans: Some(1),
            include_billing_groups: Some(1),
            include_payment_methods: Some(1),
            ..Arguments::of_account(account)
        };
        let details: AccountDetails = self.ask(ctx, DETAILS, arguments, complete).await?;
        self.count_unknown_codes(&details);
        Ok(details)
    }

    fn count_unknown_codes(&self, details: &AccountDetails) {
        let types = details.payment_methods_info.0.iter().filter_map(|method| method.pay_method_type.0.as_deref());
        for _ in types.filter(|code| !codes::is_pay_method_type(code)) {
            self.system.unknown_code(codes::PAY_METHOD_TYPES);
        }
        let options = details.billing_groups_info.0.iter().filter_map(|group| group.payment_option.0.as_deref());
        for _ in options.filter(|code| !codes::is_payment_option(code)) {
            self.system.unknown_code(codes::PAYMENT_OPTIONS);
        }
    }

    async fn ask<T>(
        &self,
        ctx: &CallContext,
        operation: &'static str,
        arguments: Arguments<'_>,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let request = Request {
            rest_call: operation,
            output_format: "json",
            client_no: self.config.client_no,
            auth_key: self.config.auth_key.expose_secret(),
            arguments,
        };
        let body = serde_json::to_vec(&request).expect("texts and numbers can be written as JSON");
        let call = Call {
            operation,
            // Every call here is a read, though its method is POST.
            kind: Kind::Read,
            method: Method::POST,
            target: self.target.clone(),
            headers: &self.headers,
            body: Bytes::from(body),
            identity: None,
        };
        // On the heap: side by side they would make up most of the room that every request of a channel has to have.
        Box::pin(self.system.call(ctx, &call, read)).await
    }
}

/// The flat object that every call sends. It holds the key, so it has no `Debug`.
#[derive(Serialize)]
struct Request<'a> {
    rest_call: &'static str,
    output_format: &'static str,
    client_no: u64,
    auth_key: &'a str,
    #[serde(flatten)]
    arguments: Arguments<'a>,
}

#[derive(Default, Serialize)]
struct Arguments<'a> {
    client_acct_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_plan_instance_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_master_plans: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_billing_groups: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_payment_methods: Option<u8>,
}

impl<'a> Arguments<'a> {
    fn of_account(account: &'a str) -> Self {
        Self { client_acct_id: account, ..Self::default() }
    }

    fn of_plan(account: &'a str, plan_instance: &'a str) -> Self {
        Self { client_plan_instance_id: Some(plan_instance), ..Self::of_account(account) }
    }
}

/// Reads an answer of a call that always has something to tell about an account that exists.
fn complete<T: Answer + for<'a> Wire<'a>>(reply: &Reply) -> Result<T, BackendError> {
    match decode::<T>(reply)? {
        (answer, 0) => Ok(answer),
        (_, code) => Err(codes::failure(reply, code)),
    }
}

/// Reads an answer of a call whose list may be empty: "no data" is that. Whether the account exists, the other calls tell.
fn complete_or_no_data<T: Answer + for<'a> Wire<'a>>(reply: &Reply) -> Result<T, BackendError> {
    match decode::<T>(reply)? {
        (answer, 0 | codes::NO_DATA) => Ok(answer),
        (_, code) => Err(codes::failure(reply, code)),
    }
}

/// An answer with its `error_code`. Aria's own failures come with status 200; any other status is of something in front of it.
fn decode<T: Answer + for<'a> Wire<'a>>(reply: &Reply) -> Result<(T, i64), BackendError> {
    match reply.status {
        StatusCode::OK => {
            let answer: T = decode_wire(reply)?;
            let code = answer.error_code().ok_or_else(|| reply.malformed("error_code"))?;
            Ok((answer, code))
        }
        StatusCode::TOO_MANY_REQUESTS => Err(reply.unavailable(Outage::RateLimited)),
        _ => Err(reply.unavailable(Outage::SystemDown)),
    }
}
