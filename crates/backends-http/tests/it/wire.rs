//! The reader of wire structs beside serde_json.

use backends_http::lenient::{Lenient, List, Object};
use backends_http::{read_json, wire};
use proptest::prelude::*;
use serde_json::Value;
use tmf666_model::{Amount, Text};

wire! {
    #[derive(Debug, PartialEq)]
    pub struct Node {
        pub text: Lenient<Text> => "text",
        pub amount: Lenient<Amount> => "amount",
        pub number: Lenient<i64> => "number",
        pub flag: Lenient<bool> => "flag",
        pub leaf: Object<Leaf> => "leaf",
        pub nodes: List<Node> => "nodes",
    }

    #[derive(Debug, PartialEq)]
    pub struct Leaf {
        pub text: Lenient<Text> => "text",
    }
}

fn ours(text: &str) -> Option<Node> {
    read_json(text.as_bytes())
}

/// What is accepted is accepted by serde_json and read alike.
fn check(text: &str) -> Result<bool, TestCaseError> {
    let Some(ours) = ours(text) else { return Ok(false) };
    let theirs = serde_json::from_str::<Node>(text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
    prop_assert_eq!(ours, theirs);
    Ok(true)
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-999_999_i32..999_999).prop_map(|cents| serde_json::from_str(&format!("{cents}e-2")).unwrap()),
        Just(Value::from("")),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let name = prop::sample::select(vec!["text", "amount", "number", "flag", "leaf", "nodes", "other", "é w"]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.prop_map(str::to_owned), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A node whose members mostly have the types that they should.
fn node() -> impl Strategy<Value = Value> {
    let text =
        || prop_oneof![Just(Value::Null), Just(Value::from("")), ".{0,30}".prop_map(Value::from), any::<u64>().prop_map(Value::from)];
    let number = || prop_oneof![any::<i64>().prop_map(Value::from), any::<i64>().prop_map(|number| Value::from(number.to_string()))];
    let leaf = (text(), number(), number(), any::<bool>(), json())
        .prop_map(|(text, amount, number, flag, other)| serde_json::json!({ "other": other, "flag": flag, "number": number, "amount": amount, "text": text }));
    leaf.prop_recursive(3, 20, 4, move |inner| {
        (text(), proptest::collection::vec(inner.clone(), 0..4), inner, any::<bool>()).prop_map(|(text, nodes, node, alone)| {
            let nodes = if alone { node } else { Value::from(nodes) };
            serde_json::json!({ "text": text, "nodes": nodes, "leaf": { "text": text } })
        })
    })
}

proptest! {
    #[test]
    fn what_fits_is_read(value in node(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        prop_assert!(check(&text)?, "{}", text);
    }

    #[test]
    fn what_may_not_fit_is_never_read_differently(value in json()) {
        check(&value.to_string())?;
    }

    #[test]
    fn damaged_json_is_never_read_differently(value in node(), at: prop::sample::Index, byte in "[ -~\n\t]", cut: bool) {
        let mut text = serde_json::to_string(&value).unwrap();
        let at = at.index(text.len());
        if text.is_char_boundary(at) {
            if cut {
                text.truncate(at);
            } else {
                text.insert_str(at, &byte);
            }
            check(&text)?;
        }
    }

    #[test]
    fn anything_is_read_or_refused(
        before in prop::sample::select(vec!["", "{", "{\"text\":", "{\"x\":", "{\"nodes\":[", "{\"amount\":"]),
        text in "[\\[\\]{}\",:.eE+\\-0-9a-z\\\\ \n\0\u{1}é]{0,24}",
        after in prop::sample::select(vec!["", "}", "]}", "\"}"]),
    ) {
        check(&format!("{before}{text}{after}"))?;
    }
}

#[test]
fn numbers_are_those_of_json() {
    let with = |number: &str| format!(r#"{{"other":{number},"amount":{number}}}"#);
    for number in ["0", "7", "-12", "1.5", "-0", "0.00"] {
        assert!(check(&with(number)).unwrap(), "{number}");
    }
    for number in ["", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "0x1", "1 2", "1,", "NaN"] {
        assert!(!check(&format!(r#"{{"other":{number}}}"#)).unwrap(), "{number}");
        assert!(!check(&format!(r#"{{"amount":{number}}}"#)).unwrap(), "{number}");
    }
}

#[test]
fn members_come_in_any_order_but_only_once() {
    for text in [r#"{"flag":"Y","text":"a"}"#, r#" { "text" : "a" , "other" : [ { "x" : null } , 1.5 ] , "flag" : true } "#] {
        let node = ours(text).unwrap();
        assert_eq!((node.text.0.unwrap().as_str(), node.flag.0), ("a", Some(true)), "{text}");
    }
    for text in [r#"{"text":"a","text":"b"}"#, r#"{"text":"a", "text":"b"}"#, r#"{"text":"a","flag":true,"text":"b"}"#] {
        assert!(!check(text).unwrap(), "{text}");
        assert!(serde_json::from_str::<Node>(text).is_err(), "{text}");
    }
}

#[test]
fn an_object_may_be_missing() {
    for text in ["{}", r#"{"leaf":null}"#, r#"{"leaf":""}"#] {
        assert!(check(text).unwrap() && ours(text).unwrap().leaf.0.is_none(), "{text}");
    }
}

#[test]
fn the_items_of_a_list_are_no_members() {
    for text in ["[]", r#"["a",1,2,true]"#, r#"{"leaf":["a"]}"#, r#"{"leaf":[]}"#, r#"{"leaf":"a"}"#, r#"{"nodes":[["a"]]}"#] {
        assert!(!check(text).unwrap(), "{text}");
        assert!(serde_json::from_str::<Node>(text).is_err(), "{text}");
    }
}

#[test]
fn nothing_follows_not_even_behind_a_zero_byte() {
    for text in ["{}\0", "{}\0{}", "{} \0 2", "{},", "{}{}", "{\"text\":\"a\",}"] {
        assert!(!check(text).unwrap(), "{text:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| format!("{{\"other\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(check(&nested(99)).unwrap());
    assert!(!check(&nested(102)).unwrap());
    assert!(!check(&nested(100_000)).unwrap());
    let objects = |depth| format!("{}{{}}{}", "{\"nodes\":".repeat(depth), "}".repeat(depth));
    assert!(check(&objects(99)).unwrap());
    assert!(!check(&objects(101)).unwrap());
}
