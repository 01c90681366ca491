//! Every table: documented codes are found, all others are kept.

use tmf666_model::codes::{
    BarringOffer, BusinessUnit, CerillionContactMethod, CodeTable, DelinquencyStatus, LiberateAccountStatus, LiberateContactMethod, Lob,
    MediumType, PaymentStatus, RefId,
};

fn check_table<T: CodeTable + PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned>(size: usize) {
    assert_eq!(T::known().len(), size, "{}", T::NAME);
    for code in T::known() {
        assert_eq!(&T::parse(code.as_str()), code);
        assert_eq!(&T::try_parse(code.as_str()).unwrap(), code);
        assert!(code.is_known() && code.documentation().is_some_and(|text| !text.is_empty()));
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
    for text in ["??", "pr", "prepaid ", "Ünbekannt", "a code that is rather longer than most"] {
        let code = T::parse(text);
        assert_eq!(code.as_str(), text);
        assert!(!code.is_known() && code.label().is_none());
        assert_eq!(T::try_parse(text).unwrap_err().table, T::NAME);
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), code);
    }
    let mut codes: Vec<_> = T::known().iter().map(CodeTable::as_str).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), size, "{} has a code twice", T::NAME);
}

#[test]
fn tables_are_complete_and_open() {
    check_table::<Lob>(3);
    check_table::<RefId>(7);
    check_table::<BusinessUnit>(25);
    check_table::<DelinquencyStatus>(12);
    check_table::<PaymentStatus>(8);
    check_table::<LiberateAccountStatus>(11);
    check_table::<LiberateContactMethod>(12);
    check_table::<CerillionContactMethod>(10);
    check_table::<BarringOffer>(16);
    check_table::<MediumType>(12);
}

#[test]
fn an_empty_status_is_normal() {
    assert_eq!(DelinquencyStatus::parse(""), DelinquencyStatus::Normal);
    assert_eq!(PaymentStatus::parse(""), PaymentStatus::Normal);
}

#[test]
fn shared_letters_mean_different_things_in_the_two_status_tables() {
    for letter in ["E", "P", "S", "W"] {
        assert_ne!(DelinquencyStatus::parse(letter).label(), PaymentStatus::parse(letter).label(), "{letter}");
    }
}

#[test]
fn contact_methods_have_their_medium_and_type() {
    let liberate: Vec<_> = LiberateContactMethod::known().iter().map(|m| format!("{m} {} {}", m.medium_type(), m.contact_type())).collect();
    let cerillion: Vec<_> =
        CerillionContactMethod::known().iter().map(|m| format!("{m} {} {}", m.medium_type(), m.contact_type())).collect();
    insta::assert_debug_snapshot!((liberate, cerillion));
    let pager = LiberateContactMethod::parse("PAGER");
    assert_eq!((pager.medium_type(), pager.contact_type().as_str()), (MediumType::Other, "pager"));
}

#[test]
fn currencies_follow_the_unit() {
    let currencies: Vec<_> = BusinessUnit::known().iter().filter_map(|unit| Some((unit.to_string(), unit.currency()?))).collect();
    assert_eq!(
        currencies.iter().map(|(unit, currency)| format!("{unit} {currency}")).collect::<Vec<_>>(),
        ["BO USD", "CL CLP", "CW ANG", "JM JMD", "MF EUR", "PA USD", "PR USD", "SA USD", "SE USD", "SX ANG"]
    );
}
