//! bot-ux balanceEnquiry by hand: one pass over the record, one over the answer, and nothing checked beyond document types.
//!
//! Nobody should have to keep such code; it only shows where the bottom is.

/// The elements that the view reads, in the order in which CSG sends them.
const ELEMENTS: [&str; 33] = [
    "SUB_ACCT_NO",
    "CUST_ACCT_NO",
    "RES_NAME",
    "CUST_TYP",
    "DELQ_STAT",
    "EFT_STAT",
    "STATE_TXT",
    "CUR_BAL",
    "DELINQUENCY_AMT",
    "DELINQUENCY_DAYS",
    "LS_PAY_AMT",
    "LS_PAY_DTE",
    "LAST_CHG_DTE",
    "BILL_FROM_DTE",
    "BILL_THRU_DTE",
    "FIRST_BILL_FROM_DTE",
    "FIRST_BILL_THRU_DTE",
    "CYC_CDE",
    "BILL_MEDIA",
    "ADDR1_HSE",
    "RES_ADDR_2_HSE",
    "RES_CITY_HSE",
    "POSTAL_CODE",
    "HOME_PHONE",
    "BUS_PHONE",
    "EMAIL",
    "SSN_LAST4",
    "CREDIT_LIMIT",
    "EFT_TYPE",
    "EFT_FLG",
    "PAY_FREQ",
    "LOC_ID",
    "DUN_GRP",
];

struct Record<'a>([&'a str; ELEMENTS.len()]);

/// The answer to one account's record. Names stand in the order of the wire, so the next one is nearly always the next.
pub(crate) fn translate(xml: &str) -> Vec<u8> {
    assert!(!xml.contains("<!"), "a document type");
    let mut values = [""; ELEMENTS.len()];
    let (_, mut rest) = xml.split_once("<Account>").expect("an account");
    let mut expected = 0;
    while let Some((_, tag)) = rest.split_once('<') {
        if tag.starts_with('/') {
            break;
        }
        let (name, after) = tag.split_once('>').expect("a whole tag");
        rest = after;
        let Some(name) = (if name.ends_with('/') { None } else { Some(name) }) else { continue };
        let (value, end) = after.split_once('<').expect("an end tag");
        rest = &end[name.len() + 2..];
        if let Some(at) = (expected..ELEMENTS.len()).find(|&at| ELEMENTS[at] == name) {
            values[at] = value;
            expected = at + 1;
        }
    }
    write(&Record(values))
}

#[rustfmt::skip]
fn write(record: &Record<'_>) -> Vec<u8> {
    let [
        id, customer, name, kind, delinquency, eft, state, balance, overdue, days, paid, paid_on, changed, from, thru, first_from,
        first_thru, cycle, media, street, unit, city, post_code, home, business, email, ssn, limit, method, autopay, frequency,
        location, dunning,
    ] = record.0;
    let mut out = String::with_capacity(4096);
    let o = &mut out;
    put(o, &["{\"id\":\"", id, "\",\"accountType\":\"", kind, "\",\"description\":\"", name, "\",\"lastModified\":\"", changed, MIDNIGHT]);
    put(o, &["\",\"name\":\"", name, "\",\"paymentStatus\":\"", if delinquency.is_empty() { eft } else { delinquency }, "\",\"state\":\"", state]);
    put(o, &["\",\"accountBalance\":["]);
    balance_of(o, "ReceivableBalance", balance, from, thru);
    put(o, &[",{\"balanceType\":\"DelinquentBalance\",\"amount\":{\"unit\":\"USD\",\"value\":", overdue, "},\"validFor\":{\"startDateTime\":\"\",\"endDateTime\":\"\"}},"]);
    put(o, &["{\"balanceType\":\"LastPaymentAmount\",\"amount\":{\"unit\":\"USD\",\"value\":", paid, "},\"validFor\":{\"startDateTime\":\"\",\"endDateTime\":\"", paid_on, MIDNIGHT]);
    put(o, &["\"}}],\"accountRelationship\":[{\"relationshipType\":\"contains\",\"account\":{\"id\":\"", id, "\",\"description\":\"", kind, " ", name]);
    put(o, &["\",\"name\":\"", name, "\",\"@type\":\"BillingAccount\"},\"validFor\":{\"startDateTime\":\"", first_from, MIDNIGHT, "\",\"endDateTime\":\"", first_thru, MIDNIGHT]);
    put(o, &["\"}}],\"billStructure\":{\"cycleSpecification\":{\"name\":\"monthly Billing\",\"dateShift\":", cycle, ",\"frequency\":\"monthly\"},\"presentationMedia\":[{\"name\":\"", media]);
    put(o, &["\"}]},\"contact\":[{\"contactName\":\"", name, "\",\"contactType\":\"Primary\",\"partyRoleType\":\"Owner\",\"contactMedium\":["]);
    put(o, &["{\"mediumType\":\"PostalAddress\",\"preferred\":true,\"characteristic\":{\"city\":\"", city, "\",\"country\":\"USA\",\"postCode\":\"", post_code, "\",\"street1\":\"", street, " ", unit, "\"}}"]);
    for (kind, number) in [("Home", home), ("Business", business)] {
        if !number.is_empty() {
            put(o, &[",{\"mediumType\":\"Phone\",\"characteristic\":{\"contactType\":\"", kind, "\",\"phoneNumber\":\"", number, "\"}}"]);
        }
    }
    put(o, &[",{\"mediumType\":\"Email\",\"characteristic\":{\"emailAddress\":\"", email, "\"}}],\"relatedParty\":{\"id\":\"", ssn, "\",\"name\":\"", name]);
    put(o, &["\",\"role\":\"Owner\",\"@type\":\"relatedParty\"}}],\"creditLimit\":{\"unit\":\"USD\",\"value\":", limit, "},\"defaultPaymentMethod\":{\"id\":\"", method]);
    put(o, &["\",\"name\":\"", if method.is_empty() { " " } else { "Credit Card" }, "\"},\"financialAccount\":{\"id\":\"2063\",\"accountBalance\":"]);
    balance_of(o, "ReceivableBalance", cycle, from, thru);
    put(o, &[",\"@referredType\":\"financialAccount\"},\"paymentPlan\":[{\"paymentFrequency\":\"", frequency, "\",\"totalAmount\":{\"unit\":\"USD\",\"value\":", paid]);
    put(o, &["},\"planType\":\"", if autopay == "Y" { "Auto Pay Enable" } else { "Auto Pay Disable" }, "\"}],\"relatedParty\":[{\"id\":\"", customer, "\",\"name\":\"", name]);
    put(o, &["\",\"role\":\"Customer\",\"@referredType\":\"Customer\"}],\"characteristic\":[{\"name\":\"LocationId\",\"value\":\"", location]);
    put(o, &["\"},{\"name\":\"DunningGroup\",\"value\":\"", dunning, "\"},{\"name\":\"DelinquencyDays\",\"value\":\"", days, "\"}],\"@type\":\"BillingAccount\"}"]);
    out.into_bytes()
}

const MIDNIGHT: &str = "T00:00:00.000Z";

fn balance_of(out: &mut String, kind: &str, amount: &str, from: &str, thru: &str) {
    put(
        out,
        &[
            "{\"balanceType\":\"",
            kind,
            "\",\"amount\":{\"unit\":\"USD\",\"value\":",
            amount,
            "},\"validFor\":{\"startDateTime\":\"",
            from,
            MIDNIGHT,
        ],
    );
    put(out, &["\",\"endDateTime\":\"", thru, MIDNIGHT, "\"}}"]);
}

fn put(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}
