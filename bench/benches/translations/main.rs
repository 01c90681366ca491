//! What translations cost, from the bytes of a billing system's answer to the bytes of ours, beside hand-written ones.

#![allow(clippy::unwrap_used, missing_docs)]

mod floor_csg;
mod floor_liberate;
mod ratio;

use backends_csg::translate::Links;
use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher, black_box};
use tmf666_model::WriteJson;
use tmf666_model::codes::BusinessUnit;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const CSG: &str = include_str!("../../../crates/backends-csg/tests/fixtures/balance-enquiry.xml");
const LIBERATE: &str = include_str!("../../../crates/backends-liberate/tests/fixtures/301202420000.json");

fn main() {
    let csg = compact_xml(CSG);
    same(&csg_balance_enquiry(csg.as_bytes()), &csg_floor(csg.as_bytes()));
    let liberate = compact_json(LIBERATE);
    same(&liberate_account(liberate.as_bytes()), &floor_liberate::translate(liberate.as_bytes()));
    // Not where cargo only tries whether benchmarks run.
    if std::env::args().any(|argument| argument == "--bench") {
        ratio::print("CSG balance enquiry, XML", csg.as_bytes(), csg_balance_enquiry, csg_floor, 3.0);
        ratio::print("Liberate account, JSON", liberate.as_bytes(), liberate_account, floor_liberate::translate, 2.0);
    }
    divan::main();
}

fn same(product: &[u8], floor: &[u8]) {
    contract_tests::same_json(std::str::from_utf8(product).unwrap(), std::str::from_utf8(floor).unwrap());
}

/// As systems send it: without white space between elements.
fn compact_xml(xml: &str) -> String {
    xml.lines().map(str::trim).collect()
}

/// As systems send it: without white space between members. No text in the fixture has a line break or leading spaces on
/// a line of its own.
fn compact_json(json: &str) -> String {
    let lines: String = json.lines().map(str::trim).collect();
    lines.replace("\": ", "\":").replace(", \"", ",\"").replace("{ ", "{").replace(" }", "}").replace("}, {", "},{")
}

fn csg_balance_enquiry(xml: &[u8]) -> Vec<u8> {
    let answer = backends_csg::wire::read(xml).unwrap();
    backends_csg::translate::balance_enquiry::translate(&answer.accounts[0]).unwrap().to_json()
}

fn csg_floor(xml: &[u8]) -> Vec<u8> {
    floor_csg::translate(std::str::from_utf8(xml).unwrap())
}

fn csg_accounts(xml: &[u8]) -> Vec<u8> {
    let answer = backends_csg::wire::read(xml).unwrap();
    let links = Links { base: "https://esb.example.com", unit: "PR" };
    backends_csg::translate::accounts::translate(&answer.accounts, links).unwrap().to_json()
}

fn liberate_record(json: &[u8]) -> backends_liberate::wire::Answer {
    backends_http::read_json(json).unwrap()
}

const JAMAICA: backends_liberate::translate::Context<'_> =
    backends_liberate::translate::Context { unit: &BusinessUnit::Jm, unknown_code: &|_| {} };

fn liberate_accounts(json: &[u8]) -> Vec<u8> {
    let view = |record: &mut _| *backends_liberate::translate::wfm_by_id::translate(record, JAMAICA);
    liberate_record(json).0.iter_mut().map(view).collect::<Vec<_>>().to_json()
}

fn liberate_account(json: &[u8]) -> Vec<u8> {
    backends_liberate::translate::wfm_by_id::translate(&mut liberate_record(json).0[0], JAMAICA).to_json()
}

fn run(bencher: Bencher<'_, '_>, native: &str, translate: fn(&[u8]) -> Vec<u8>) {
    bencher.counter(BytesCount::of_str(native)).bench(|| translate(black_box(native.as_bytes())));
}

mod csg_balance_enquiry_xml {
    use super::*;

    #[divan::bench]
    fn product(bencher: Bencher<'_, '_>) {
        run(bencher, &compact_xml(CSG), csg_balance_enquiry);
    }

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        run(bencher, &compact_xml(CSG), csg_floor);
    }

    #[divan::bench]
    fn reading_alone(bencher: Bencher<'_, '_>) {
        let xml = compact_xml(CSG);
        bencher
            .counter(BytesCount::of_str(&xml))
            .bench(|| black_box(backends_csg::wire::read(black_box(xml.as_bytes())).unwrap().accounts.len()));
    }
}

mod liberate_account_json {
    use super::*;

    #[divan::bench]
    fn product(bencher: Bencher<'_, '_>) {
        run(bencher, &compact_json(LIBERATE), liberate_account);
    }

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        run(bencher, &compact_json(LIBERATE), floor_liberate::translate);
    }

    #[divan::bench]
    fn reading_alone(bencher: Bencher<'_, '_>) {
        let json = compact_json(LIBERATE);
        bencher.counter(BytesCount::of_str(&json)).bench(|| black_box(liberate_record(black_box(json.as_bytes())).0.len()));
    }
}

/// Time and memory have to grow with the number of accounts, and not faster.
mod many_accounts {
    use super::*;

    #[divan::bench(args = [1, 10, 100, 1000])]
    fn csg_accounts_xml(bencher: Bencher<'_, '_>, accounts: usize) {
        let one = compact_xml(CSG);
        let (begin, rest) = one.split_once("<Account>").unwrap();
        let (account, end) = rest.split_once("</Account>").unwrap();
        let many = format!("<Account>{account}</Account>").repeat(accounts);
        let list = format!("{begin}<listAccounts Count=\"{accounts}\" More=\"N\">{many}</listAccounts>{end}");
        run(bencher, &list, csg_accounts);
    }

    #[divan::bench(args = [1, 10, 100, 1000])]
    fn liberate_accounts_json(bencher: Bencher<'_, '_>, accounts: usize) {
        let list = format!("[{}]", vec![compact_json(LIBERATE); accounts].join(","));
        run(bencher, &list, liberate_accounts);
    }
}
