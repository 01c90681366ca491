//! wfm-ux billing account by hand: sonic-rs into borrowed structs, and one pass that writes.

use serde::Deserialize;
use sonic_rs::LazyValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    account_no: &'a str,
    account_name: &'a str,
    title: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    other_name: &'a str,
    company_name: &'a str,
    account_status_code: &'a str,
    account_is_active: bool,
    account_type_code: &'a str,
    account_type_description: &'a str,
    base_account_type: &'a str,
    account_currency_code: &'a str,
    account_email_address: &'a str,
    legal_entity_code: &'a str,
    marketing_category_code: &'a str,
    marketing_category_description: &'a str,
    supports_recurring_payments: bool,
    #[serde(rename = "migratedToBSS")]
    migrated_to_bss: &'a str,
    #[serde(borrow)]
    migrated_to_account_no: LazyValue<'a>,
    #[serde(borrow)]
    credit_limit: LazyValue<'a>,
    #[serde(borrow)]
    balances: Balances<'a>,
    #[serde(borrow)]
    billing_info: BillingInfo<'a>,
    #[serde(borrow)]
    customer: Customer<'a>,
    #[serde(borrow)]
    contacts: Vec<Contact<'a>>,
    #[serde(rename = "sourceBSS")]
    source_bss: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Balances<'a> {
    #[serde(borrow)]
    net_payable: LazyValue<'a>,
    #[serde(borrow)]
    last_bill_amount: LazyValue<'a>,
    last_bill_due_date: &'a str,
    #[serde(borrow)]
    last_payment_amount: LazyValue<'a>,
    last_payment_date: &'a str,
    #[serde(borrow)]
    overdue_amount: LazyValue<'a>,
    #[serde(borrow)]
    deposit_required: LazyValue<'a>,
    #[serde(borrow)]
    written_off_amount: LazyValue<'a>,
    #[serde(borrow)]
    total_query: LazyValue<'a>,
    #[serde(borrow)]
    total_outstanding: LazyValue<'a>,
    #[serde(borrow)]
    deposit_held: LazyValue<'a>,
    #[serde(borrow)]
    total_query_tax: LazyValue<'a>,
    #[serde(borrow)]
    total_adjustment_credit: LazyValue<'a>,
    #[serde(borrow)]
    total_deposit_paid: LazyValue<'a>,
    #[serde(borrow)]
    total_service_charge_credit: LazyValue<'a>,
    #[serde(borrow)]
    total_rewards: LazyValue<'a>,
    #[serde(borrow)]
    total_available_points: LazyValue<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BillingInfo<'a> {
    account_no: &'a str,
    bill_cycle_code: &'a str,
    due_date: &'a str,
    #[serde(borrow)]
    billing_day: LazyValue<'a>,
    bill_media_code: &'a str,
    bill_media: &'a str,
    bill_language_code: &'a str,
    payment_method_code: &'a str,
    payment_method_description: &'a str,
    #[serde(borrow)]
    address: Address<'a>,
    phone: &'a str,
    email: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address<'a> {
    line1: &'a str,
    line2: &'a str,
    city: &'a str,
    state: &'a str,
    country: &'a str,
    post_code: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Customer<'a> {
    customer_no: &'a str,
    gender: &'a str,
    date_of_birth: &'a str,
    #[serde(borrow)]
    identities: Vec<Identity<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    document_type: &'a str,
    document_number: &'a str,
    document_description: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contact<'a> {
    contact_name: &'a str,
    party_role_type: &'a str,
    #[serde(borrow)]
    methods: Vec<Method<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Method<'a> {
    contact_method: &'a str,
    value: &'a str,
}

pub(crate) fn translate(json: &[u8]) -> Vec<u8> {
    let record: Record<'_> = sonic_rs::from_slice(json).expect("a record");
    let mut out = String::with_capacity(8192);
    write(&record, &mut out);
    out.into_bytes()
}

#[rustfmt::skip]
fn write(r: &Record<'_>, o: &mut String) {
    let (b, i, c, a, u) = (&r.balances, &r.billing_info, &r.customer, &r.billing_info.address, r.account_currency_code);
    let arrears = b.overdue_amount.as_raw_str().bytes().any(|digit| matches!(digit, b'1'..=b'9'));
    put(o, &["{\"id\":\"", r.account_no, "\",\"billable\":", if r.account_is_active { "true" } else { "false" }, ",\"accountType\":\"", r.account_type_code]);
    put(o, &["\",\"description\":\"", r.account_type_description, "\",\"name\":\"", r.account_name, "\",\"paymentStatus\":\"", if arrears { "In Arrears" } else { "Active" }]);
    put(o, &["\",\"state\":\"", r.account_status_code, if r.account_status_code == "W" { "-Working" } else { "-Ceased" }, "\",\"accountBalance\":["]);
    balance(o, u, "NetPayable", &b.net_payable, "");
    o.push(','); balance(o, u, "LastBillAmount", &b.last_bill_amount, b.last_bill_due_date);
    o.push(','); balance(o, u, "LastPayment Amount", &b.last_payment_amount, b.last_payment_date);
    o.push(','); balance(o, u, "Overdue Amount", &b.overdue_amount, "");
    o.push(','); balance(o, u, "DepositRequired", &b.deposit_required, "");
    o.push(','); balance(o, u, "WrittenOffAmount", &b.written_off_amount, "");
    o.push(','); balance(o, u, "TotalQuery", &b.total_query, "");
    o.push(','); balance(o, u, "TotalOutstandingBalance", &b.total_outstanding, "");
    o.push(','); balance(o, u, "DepositHeld", &b.deposit_held, "");
    o.push(','); balance(o, u, "Total Query Tax", &b.total_query_tax, "");
    o.push(','); balance(o, u, "TotalAdjustmentCredit", &b.total_adjustment_credit, "");
    o.push(','); balance(o, u, "TotalDepositPaid", &b.total_deposit_paid, "");
    o.push(','); balance(o, u, "TotalServiceChargeCredit", &b.total_service_charge_credit, "");
    o.push(','); balance(o, u, "TotalRewards", &b.total_rewards, "");
    o.push(','); balance(o, u, "TotalAvailablePointsAmount", &b.total_available_points, "");
    put(o, &["],\"accountRelationship\":[{\"relationshipType\":\"MigratedBillingSystem\",\"account\":{\"name\":\"", r.migrated_to_bss, "\"}}],\"billStructure\":{\"cycleSpecification\":{\"id\":\"", i.bill_cycle_code]);
    put(o, &["\",\"paymentDueDate\":\"", i.due_date, "\",\"billingDay\":", i.billing_day.as_raw_str(), "},\"presentationMedia\":[{\"id\":\"", i.bill_media_code, "\",\"name\":\"", i.bill_media]);
    put(o, &["\"},{\"id\":\"", i.bill_language_code, "\",\"name\":\"BillLanguage\"}]},\"contact\":[{\"contactMedium\":[{\"mediumType\":\"BillingAddress\",\"characteristic\":{\"city\":\"", a.city]);
    put(o, &["\",\"country\":\"", a.country, "\",\"postCode\":\"", a.post_code, "\",\"stateOrProvince\":\"", a.state, "\",\"street1\":\"", a.line1, "\",\"street2\":\"", a.line2]);
    put(o, &["\"}},{\"mediumType\":\"Telephone\",\"characteristic\":{\"phoneNumber\":\"", i.phone, "\"}},{\"mediumType\":\"Email\",\"characteristic\":{\"emailAddress\":\"", i.email, "\"}}]}"]);
    for contact in &r.contacts {
        put(o, &[",{\"contactName\":\"", contact.contact_name, "\",\"partyRoleType\":\"", contact.party_role_type, "\",\"contactMedium\":["]);
        for (at, method) in contact.methods.iter().enumerate() {
            let (kind, contact_type, member) = medium(method.contact_method);
            put(o, &[if at > 0 { "," } else { "" }, "{\"mediumType\":\"", kind, "\",\"characteristic\":{\"contactType\":\"", contact_type, "\",\"", member, "\":\"", method.value, "\"}}"]);
        }
        o.push_str("]}");
    }
    put(o, &["],\"creditLimit\":{\"unit\":\"", u, "\",\"value\":", r.credit_limit.as_raw_str(), "},\"defaultPaymentMethod\":{\"id\":\"", i.payment_method_code, "\",\"name\":\"", i.payment_method_description]);
    put(o, &["\"},\"financialAccount\":{\"id\":\"", i.account_no, "\",\"@referredType\":\"FinancialAccount\"},\"paymentPlan\":[{\"priority\":0,\"planType\":\"", r.account_status_code]);
    put(o, &["\",\"status\":\"", if r.supports_recurring_payments { "true" } else { "false" }, "\",\"@type\":\"SupportsRecurringPayments\"}],\"relatedParty\":[{\"id\":\"", c.customer_no, "\",\"name\":\"", r.account_name]);
    put(o, &["\",\"role\":\"customer\",\"@type\":\"Customer\",\"@referredType\":\"Customer\",\"@baseType\":\"RelatedParty\",\"characteristic\":["]);
    let document = c.identities.iter().find(|document| document.document_type == "TR").or(c.identities.last()).expect("a document");
    put(o, &["{\"name\":\"DocumentType\",\"value\":\"", document.document_type, "\"},{\"name\":\"DocumentNumber\",\"value\":\"", document.document_number, "\"},{\"name\":\"Email\",\"value\":\"", r.account_email_address]);
    put(o, &["\"},{\"name\":\"Gender\",\"value\":\"", c.gender, "\"}"]);
    for (name, value) in [("Title", r.title), ("FirstName", r.first_name), ("LastName", r.last_name), ("OtherName", r.other_name), ("CompanyName", r.company_name), ("Date-Of-Birth", c.date_of_birth)] {
        put(o, &[",{\"name\":\"", name, "\",\"value\":\"", value, "\",\"valueType\":\"string\"}"]);
    }
    o.push_str(",{\"name\":\"Customer Identity\",\"valueType\":\"array\",\"value\":[");
    for (at, one) in c.identities.iter().enumerate() {
        put(o, &[if at > 0 { "," } else { "" }, "{\"DocumentType\":\"", one.document_type, "\",\"DocumentNumber\":\"", one.document_number, "\",\"DocumentDescription\":\"", one.document_description, "\"}"]);
    }
    put(o, &["]}]},{\"id\":\"", r.migrated_to_account_no.as_raw_str(), "\",\"role\":\"MigratedAccount\"},{\"id\":\"", r.legal_entity_code, "\",\"role\":\"legalEntity\"},"]);
    put(o, &["{\"@type\":\"Account\",\"characteristic\":[{\"name\":\"BaseAccountType\",\"value\":\"", r.base_account_type, "\"}]},{\"id\":\"", r.marketing_category_code]);
    put(o, &["\",\"name\":\"", r.marketing_category_description, "\",\"role\":\"marketingCategory\"}],\"sourceBSS\":\"", r.source_bss, "\"}"]);
}

fn medium(method: &str) -> (&'static str, &'static str, &'static str) {
    match method {
        "BILLEM" => ("Email", "billEmail", "emailAddress"),
        "EMAIL" => ("Email", "email", "emailAddress"),
        "FAX" => ("Fax", "fax", "faxNumber"),
        "HOME" => ("Telephone", "home", "phoneNumber"),
        "IVR" => ("IVR", "ivr", "phoneNumber"),
        "IVR1" => ("IVR", "ivr1", "phoneNumber"),
        "IVR2" => ("IVR", "ivr2", "phoneNumber"),
        "IVR3" => ("IVR", "ivr3", "phoneNumber"),
        "MOB1" => ("Mobile", "mobile1", "phoneNumber"),
        "MOB2" => ("Mobile", "mobile2", "phoneNumber"),
        "PHONE" => ("Telephone", "phone", "phoneNumber"),
        "WORK" => ("Telephone", "work", "phoneNumber"),
        _ => ("Other", "other", "phoneNumber"),
    }
}

fn balance(out: &mut String, unit: &str, kind: &str, amount: &LazyValue<'_>, until: &str) {
    put(out, &["{\"balanceType\":\"", kind, "\",\"amount\":{\"unit\":\"", unit, "\",\"value\":", amount.as_raw_str(), "}"]);
    if !until.is_empty() {
        put(out, &[",\"validFor\":{\"endDateTime\":\"", until, "\"}"]);
    }
    out.push('}');
}

fn put(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}
