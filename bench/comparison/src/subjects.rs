//! The crates under comparison, each behind the same few functions.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One crate.
pub struct Subject {
    /// Its name and version.
    pub name: &'static str,
    /// Which version of TMF666 its types follow.
    pub follows: &'static str,
    /// Reads an account and writes it back; an error is the crate's refusal.
    pub rewrite: fn(&str) -> Result<String, String>,
    /// What its typed fields answer; `None` where they do not hold it.
    pub answer: fn(&str, Question) -> Option<String>,
}

/// What a program asks of an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    LastChange,
    FirstBalance,
    FirstRelatedParty,
    FirstEmail,
    BillCycle,
    TaxCertificate,
}

impl Question {
    pub const ALL: [Self; 6] =
        [Self::LastChange, Self::FirstBalance, Self::FirstRelatedParty, Self::FirstEmail, Self::BillCycle, Self::TaxCertificate];

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::LastChange => "when the account last changed",
            Self::FirstBalance => "the first balance, every digit",
            Self::FirstRelatedParty => "id of the first related party",
            Self::FirstEmail => "the first e-mail address",
            Self::BillCycle => "name of the bill cycle",
            Self::TaxCertificate => "number of the first tax certificate",
        }
    }

    /// The right answer, from the JSON itself, wherever version 4 or 5 puts it.
    pub fn expected(self, json: &str) -> Option<String> {
        let account: Value = serde_json::from_str(json).ok()?;
        let places: &[&str] = match self {
            Self::LastChange => &["/lastUpdate", "/lastModified"],
            Self::FirstBalance => return first_balance_digits(json),
            Self::FirstRelatedParty => &["/relatedParty/0/partyOrPartyRole/id", "/relatedParty/0/id"],
            Self::FirstEmail => return first_email(&account),
            Self::BillCycle => &["/billStructure/cycleSpecification/name"],
            Self::TaxCertificate => &["/taxExemption/0/certificateNumber"],
        };
        places.iter().find_map(|place| account.pointer(place)?.as_str().map(str::to_owned))
    }
}

fn first_balance_digits(json: &str) -> Option<String> {
    let leaves = crate::leaves::leaves(json).ok()?;
    leaves.get("/accountBalance/0/amount/value").map(|digits| digits.trim_matches('"').to_owned())
}

fn first_email(account: &Value) -> Option<String> {
    let contacts = account["contact"].as_array()?;
    let media = contacts.iter().filter_map(|contact| contact["contactMedium"].as_array()).flatten();
    let mut emails = media.filter_map(|medium| medium["emailAddress"].as_str().or(medium["characteristic"]["emailAddress"].as_str()));
    emails.next().map(str::to_owned)
}

/// All of them.
pub const SUBJECTS: [Subject; 3] = [
    Subject {
        name: "tmf666-model",
        follows: "v4 (a projection writes v5)",
        rewrite: |json| rewrite::<tmf666_model::BillingAccount>(json),
        answer: ask_tmf666_model,
    },
    Subject {
        name: "tmflib 0.1.42",
        follows: "v4",
        rewrite: |json| rewrite::<tmflib::tmf666::billing_account::BillingAccount>(json),
        answer: ask_tmflib,
    },
    Subject { name: "rutmf 0.1.0", follows: "v5", rewrite: |json| rewrite::<rutmf::account::Account>(json), answer: ask_rutmf },
];

fn rewrite<T: Serialize + DeserializeOwned>(json: &str) -> Result<String, String> {
    let account: T = serde_json::from_str(json).map_err(|error| error.to_string())?;
    serde_json::to_string(&account).map_err(|error| error.to_string())
}

fn ask_tmf666_model(json: &str, question: Question) -> Option<String> {
    let account: tmf666_model::BillingAccount = serde_json::from_str(json).ok()?;
    let answer = match question {
        Question::LastChange => account.last_modified?,
        Question::FirstBalance => return Some(account.account_balance.first()?.amount.as_ref()?.value.as_ref()?.to_string()),
        Question::FirstRelatedParty => account.related_party.first()?.id.clone()?,
        Question::FirstEmail => {
            let mut media = account.contact.iter().flat_map(|contact| &contact.contact_medium);
            media.find_map(|medium| medium.characteristic.as_ref()?.email_address.clone())?
        }
        Question::BillCycle => account.bill_structure?.cycle_specification?.name?,
        Question::TaxCertificate => account.tax_exemption.first()?.certificate_number.clone()?,
    };
    Some(answer.to_string())
}

/// Its account has public `id`, `href` and `description`, accessors for the name, and private fields for the rest.
fn ask_tmflib(_: &str, _: Question) -> Option<String> {
    None
}

fn ask_rutmf(json: &str, question: Question) -> Option<String> {
    let account: rutmf::account::Account = serde_json::from_str(json).ok()?;
    match question {
        Question::LastChange => {
            let written = serde_json::to_value(account.last_update.as_ref()?).ok()?;
            written.as_str().map(str::to_owned)
        }
        Question::FirstBalance => Some(account.account_balance?.first()?.amount.as_ref()?.value?.to_string()),
        Question::FirstRelatedParty => Some(account.related_party?.first()?.party_or_party_role.as_ref()?.id().to_owned()),
        Question::FirstEmail => {
            let contacts = account.contact?;
            let mut media = contacts.iter().flat_map(|contact| contact.contact_medium.iter().flatten());
            media.find_map(|medium| medium.email_address.clone())
        }
        Question::BillCycle => account.bill_structure?.cycle_specification?.name,
        Question::TaxCertificate => account.tax_exemption?.first()?.certificate_number.clone(),
    }
}
