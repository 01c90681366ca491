use backends_http::lenient::List;
use serde::de::IgnoredAny;
use tmf666_model::{Amount, BillingAccount, Selection, WriteJson, is_date_time, v5, validate};

use crate::held::{held, view};
use crate::parts;

/// The model as a TMF666 server fills it, alone or in a list: read, written, validated, cut down by `fields=` (the second part), and as
/// version 5. And its small readers.
pub fn model(data: &[u8]) {
    let [json, fields] = parts(data);
    view(data, || serde_json::from_slice::<List<BillingAccount>>(json).ok().map(|list| list.0));
    view(data, || Some(vec![serde_json::from_slice(json).ok()?]));
    let Ok(account) = serde_json::from_slice::<BillingAccount>(json) else { return small(json) };
    assert_eq!(account.to_json(), serde_json::to_vec(&account).expect("an account can be written"), "two writers differ");
    held(data, || validate(&account));
    if let Some(selection) = str::from_utf8(fields).ok().and_then(|fields| Selection::parse(fields).ok()) {
        let mut account = account.clone();
        selection.apply(&mut account);
        let once = account.to_json();
        selection.apply(&mut account);
        assert_eq!(account.to_json(), once, "selecting twice selects more");
    }
    held(data, || serde_json::to_vec(&v5::project(account).account).expect("an account can be written"));
}

fn small(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let _ = is_date_time(text);
    if let Ok(amount) = text.parse::<Amount>() {
        let again: Amount = amount.as_str().parse().expect("an amount reads what it writes");
        assert_eq!(again.as_str(), amount.as_str());
        assert!(amount.as_str().len() <= text.len() + 2);
        let _ = (amount.to_decimal(), amount.is_positive());
        serde_json::from_str::<IgnoredAny>(amount.as_str()).expect("an amount is a JSON number");
    }
}
