//! The wire reader against a general XML library: whatever it accepts, the library accepts and reads in the same way.

use std::collections::BTreeMap;

use backends_csg::wire;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

type Record = BTreeMap<String, String>;

/// The texts of every `Account`, as the library has them; `None` where it refuses the document.
fn by_the_library(body: &[u8]) -> Option<Vec<Record>> {
    let text = std::str::from_utf8(body).ok()?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<String> = Vec::new();
    let mut accounts = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                open.push(name);
                if is_account(&open) {
                    accounts.push(Record::new());
                }
                text.clear();
            }
            Event::End(_) => {
                let name = open.pop()?;
                if is_account(&open) && !text.trim_ascii().is_empty() {
                    accounts.last_mut()?.insert(name, text.trim_ascii().to_owned());
                }
                text.clear();
            }
            Event::Text(piece) => text.push_str(&piece.into_inner()),
            Event::CData(piece) => text.push_str(&piece.into_inner()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(character) => text.push(character),
                None => text.push_str(quick_xml::escape::resolve_predefined_entity(&reference)?),
            },
            Event::Eof => return open.is_empty().then_some(accounts),
            _ => {}
        }
    }
}

fn is_account(open: &[String]) -> bool {
    let names: Vec<_> = open.iter().map(String::as_str).collect();
    matches!(names[..], ["CsgResponse", "Account"] | ["CsgResponse", "listAccounts", "Account"])
}

fn by_us(body: &[u8]) -> Option<Vec<Record>> {
    let answer = wire::read(body).ok()?;
    let record = |account: &wire::Account<'_>| {
        let elements = account.elements().filter(|element| !element.text.is_empty());
        elements.map(|element| (element.name.to_owned(), element.text.to_owned())).collect()
    };
    Some(answer.accounts.iter().map(record).collect())
}

fn check(body: &[u8]) -> Result<bool, TestCaseError> {
    let Some(ours) = by_us(body) else { return Ok(false) };
    let shown = String::from_utf8_lossy(body).into_owned();
    let mut theirs = by_the_library(body).ok_or_else(|| TestCaseError::fail(format!("the library refuses {shown}")))?;
    // The record leaves out elements that it does not know.
    for record in &mut theirs {
        record.retain(|name, _| wire::Account::ELEMENTS.contains(&name.as_str()));
    }
    prop_assert_eq!(ours, theirs, "{}", shown);
    Ok(true)
}

#[test]
fn the_fixtures_are_read_alike() {
    for name in ["balance-enquiry", "accounts-four", "by-id-autopay-on", "customer", "unusual", "list-by-location"] {
        assert!(check(&crate::fixture(name)).unwrap(), "{name} is accepted");
    }
}

const SNIPPETS: [&str; 32] = [
    "<",
    ">",
    "/",
    "&",
    ";",
    "\"",
    "'",
    "=",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!DOCTYPE",
    "&amp;",
    "&#65;",
    "&#x41;",
    "&lt;",
    "<Account>",
    "</Account>",
    "<Account/>",
    "<RES_NAME>",
    "</RES_NAME>",
    "<RES_NAME/>",
    "<X a='>'>",
    "</X>",
    "<X a=\"'\"/>",
    " ",
    "\r\n",
    "\u{FEFF}",
    "é",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Pieces of markup put into an answer at random: most make it wrong, some leave it right.
    #[test]
    fn markup_in_the_wrong_places_is_read_alike(edits in proptest::collection::vec((0usize..300, 0usize..6, prop::sample::select(&SNIPPETS[..])), 1..4)) {
        let mut body = String::from(
            "<?xml version='1.0'?><CsgResponse><Status Code=\"0000\">OK</Status><Account><SUB_ACCT_NO>1</SUB_ACCT_NO>\
             <RES_NAME>A B</RES_NAME><NEW><RES_NAME>no</RES_NAME></NEW><CUR_BAL>1.00</CUR_BAL></Account></CsgResponse>",
        );
        for (at, removed, snippet) in edits {
            let at = (0..=at.min(body.len())).rev().find(|&at| body.is_char_boundary(at)).unwrap_or(0);
            let end = (at + removed).min(body.len());
            if body.is_char_boundary(end) {
                body.replace_range(at..end, snippet);
            }
        }
        check(body.as_bytes())?;
    }

    #[test]
    fn a_few_pieces_of_markup_are_read_alike(pieces in proptest::collection::vec(prop::sample::select(&SNIPPETS[..]), 0..8)) {
        let body = format!(
            "<CsgResponse><Status Code=\"0000\"/><Account><SUB_ACCT_NO>1</SUB_ACCT_NO>{}</Account></CsgResponse>",
            pieces.concat()
        );
        check(body.as_bytes())?;
    }
}
