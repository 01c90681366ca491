//! Every query and request body, prepared once from the names: a request only puts its value in.

use std::fmt::Write as _;

use backends_http::System;
use bytes::Bytes;
use http::uri::PathAndQuery;

use crate::keys::{Ban, Msisdn};
use crate::names::Names;
use crate::records::{AccountKey, AccountRecord, ContactRecord, CustomerRecord, LineAccountRecord, LineRecord, PaymentMethodRecord};
use crate::select::Selected as _;
use crate::soql::{Literal, url_encoded};

/// The requests of all views, for one API version and one set of names.
#[derive(Debug)]
pub(crate) struct Queries {
    account_by_number: Query,
    account_id_by_number: Query,
    account_by_msisdn: Query,
    pub(crate) composite: PathAndQuery,
    /// The base URL's own path, empty for most.
    pub(crate) prefix: String,
    /// Path of the record resources, as a part of a composite request names it.
    pub(crate) sobjects: String,
}

/// A text around one value.
#[derive(Debug)]
struct Query {
    before: String,
    after: String,
}

impl Query {
    fn with(&self, value: &str) -> String {
        let literal = Literal(value).to_string();
        let mut text = String::with_capacity(self.before.len() + 2 * literal.len() + self.after.len());
        text.push_str(&self.before);
        let _ = write!(text, "{}", url_encoded(&literal));
        text.push_str(&self.after);
        text
    }

    fn target(&self, value: &str) -> PathAndQuery {
        PathAndQuery::from_maybe_shared(Bytes::from(self.with(value))).expect("what is percent-encoded is a valid target")
    }
}

impl Queries {
    pub(crate) fn new(system: &System, version: &str, names: &Names) -> Self {
        let data = format!("/services/data/v{version}");
        let base = system.target("/services/data").segment(&format!("v{version}"));
        let query = base.segment("query").build();
        let account = &names.account;
        let by_number = format!(" FROM {} WHERE {} = ", account.object, account.billing_account_number);
        let select_account = format!("SELECT {}", billing_account_fields(names));
        Self {
            account_by_number: Query {
                before: format!("{query}?q={}", url_encoded(&format!("{select_account}{by_number}"))),
                after: url_encoded(" LIMIT 2").to_string(),
            },
            account_id_by_number: Query {
                before: format!("{query}?q={}", url_encoded(&format!("SELECT {}{by_number}", AccountKey::fields(names).join(",")))),
                after: url_encoded(" LIMIT 2").to_string(),
            },
            account_by_msisdn: account_by_msisdn(&data, names, &select_account),
            composite: system.target("/services/data").segment(&format!("v{version}")).segment("composite").build(),
            prefix: query.as_str().strip_suffix(&format!("{data}/query")).unwrap_or_default().to_owned(),
            sobjects: format!("{data}/sobjects"),
        }
    }

    /// The billing account with all around it; two, where the number is not unique.
    pub(crate) fn account_by_number(&self, ban: Ban<'_>) -> PathAndQuery {
        self.account_by_number.target(ban.as_str())
    }

    /// The Id of the billing account; two, where the number is not unique.
    pub(crate) fn account_id_by_number(&self, ban: Ban<'_>) -> PathAndQuery {
        self.account_id_by_number.target(ban.as_str())
    }

    /// A composite of two parts: the line's account, and the billing account above it.
    pub(crate) fn account_by_msisdn(&self, msisdn: Msisdn<'_>) -> Bytes {
        Bytes::from(self.account_by_msisdn.with(msisdn.as_str()))
    }
}

/// SOQL does not let a query on accounts filter by another query on accounts, so the line comes first and the second part
/// refers to its outcome. A number that was given to somebody else has an account for each line it ever was: the newest is it.
fn account_by_msisdn(data: &str, names: &Names, select_account: &str) -> Query {
    let account = &names.account;
    let fields = LineAccountRecord::fields(names).join(",");
    let line = format!("SELECT {fields},{} FROM {} WHERE {} = ", contacts(names), account.object, account.msisdn);
    let before = format!(
        r#"{{"allOrNone":false,"compositeRequest":[{{"method":"GET","referenceId":"line","url":"{data}/query?q={}"#,
        url_encoded(&line)
    );
    // The reference is not encoded: it is Salesforce that puts the value in its place.
    let after = format!(
        r#"{}"}},{{"method":"GET","referenceId":"account","url":"{data}/query?q={}'@{{line.records[0].{}}}'"}}]}}"#,
        url_encoded(" ORDER BY CreatedDate DESC LIMIT 1"),
        url_encoded(&format!("{select_account} FROM {} WHERE Id = ", account.object)),
        account.parent_id
    );
    Query { before, after }
}

/// Everything that either view shows of a billing account.
fn billing_account_fields(names: &Names) -> String {
    let account = &names.account;
    let parent = &account.parent;
    let method = &names.payment_method;
    let mut fields = AccountRecord::fields(names).join(",");
    for field in CustomerRecord::fields(names) {
        let _ = write!(fields, ",{parent}.{field}");
    }
    let _ = write!(
        fields,
        ",(SELECT {lines} FROM {} WHERE {msisdn} != null ORDER BY {msisdn}),(SELECT {methods} FROM {} ORDER BY {} DESC,CreatedDate),{}",
        account.children,
        account.payment_methods,
        method.is_primary,
        contacts(names),
        lines = LineRecord::fields(names).join(","),
        msisdn = account.msisdn,
        methods = PaymentMethodRecord::fields(names).join(","),
    );
    fields
}

fn contacts(names: &Names) -> String {
    let fields = ContactRecord::fields(names).join(",");
    format!("(SELECT {fields} FROM {} ORDER BY {},CreatedDate)", names.account.contacts, names.contact.role)
}
