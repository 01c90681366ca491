//! Figures keep their digits and never pass through a binary float.

use proptest::prelude::*;
use rust_decimal::Decimal;
use tmf666_model::{Amount, AmountError, Money};

#[test]
fn digits_in_are_digits_out() {
    for digits in ["0.00", "277.94", "100.00", "1", "6000", "-76.98", "-0", "12345678901234567890123456789.123456789", "1e3", "2.50E-7"] {
        let amount: Amount = serde_json::from_str(digits).unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), digits);
        let text = format!("\"{digits}\"");
        let quoted: Amount = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&quoted).unwrap(), text);
        assert_eq!(serde_json::to_string(&quoted.unquoted()).unwrap(), digits);
    }
}

#[test]
fn what_json_does_not_allow_is_mended() {
    for (native, json) in
        [(".5", "0.5"), ("-.5", "-0.5"), ("+3", "3"), ("007", "7"), ("00.10", "0.10"), ("5.", "5"), ("-000", "-0"), ("+01.e2", "1e2")]
    {
        assert_eq!(native.parse::<Amount>().unwrap().as_str(), json, "{native}");
    }
}

#[test]
fn what_is_no_figure_is_refused_without_repeating_it() {
    for text in ["", "-", ".", "1.2.3", "1,5", "0x10", "NaN", "Infinity", "1e", "e5", "--1", "1 ", " 1", "１", &"9".repeat(65)] {
        let error = text.parse::<Amount>().unwrap_err();
        assert_eq!(error, AmountError::NotADecimal, "{text}");
        assert_eq!(error.to_string(), "not a decimal figure");
    }
    for json in ["true", "null", "[]", "{}", "\"x\""] {
        assert!(serde_json::from_str::<Amount>(json).is_err(), "{json}");
    }
}

#[test]
fn arithmetic_is_exact_or_refused() {
    let credit: Amount = "17.10".parse().unwrap();
    assert_eq!(Amount::from(-credit.to_decimal().unwrap()).as_str(), "-17.10");
    let long: Amount = "0.12345678901234567890123456789012".parse().unwrap();
    assert_eq!(long.to_decimal(), Err(AmountError::TooManyDigits));
}

#[test]
fn the_sign_is_read_from_the_digits() {
    for (text, positive) in [("0.01", true), ("0.00", false), ("-5", false), ("0e9", false), ("1e-9", true)] {
        assert_eq!(text.parse::<Amount>().unwrap().is_positive(), positive, "{text}");
    }
}

#[test]
fn money_reads_both_forms() {
    let money: Money = serde_json::from_str(r#"{"unit":"usd","value":"-17"}"#).unwrap();
    assert_eq!(serde_json::to_string(&money).unwrap(), r#"{"unit":"usd","value":"-17"}"#);
}

proptest! {
    #[test]
    fn any_text_is_a_figure_in_json_or_refused(text in "\\PC{0,70}") {
        if let Ok(amount) = text.parse::<Amount>() {
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
        }
    }

    #[test]
    fn any_decimal_survives(mantissa in any::<i64>(), scale in 0u32..=18) {
        let decimal = Decimal::new(mantissa, scale);
        let amount = Amount::from(decimal);
        prop_assert_eq!(amount.to_decimal().unwrap(), decimal);
        prop_assert_eq!(amount.is_positive(), decimal > Decimal::ZERO);
        prop_assert_eq!(serde_json::to_string(&amount).unwrap(), decimal.to_string());
    }

    #[test]
    fn figures_like_numbers_keep_their_digits(text in "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,6})?") {
        let amount = text.parse::<Amount>().unwrap();
        prop_assert_eq!(amount.as_str(), text);
    }
}
