//! The embedded accounts show every code of the tables, and invented people only.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn files(system: &str) -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(system);
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

/// Every value that a member has anywhere in a system's files.
fn values(system: &str, member: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let begin = format!("\"{member}\": \"");
    for file in files(system) {
        for part in file.split(&begin).skip(1) {
            found.insert(part.split('"').next().unwrap().to_owned());
        }
    }
    found
}

fn all_of(found: &BTreeSet<String>, wanted: &str) {
    for code in wanted.split(' ') {
        assert!(found.contains(code), "{code} is missing in {found:?}");
    }
}

#[test]
fn every_code_occurs_and_one_that_no_table_knows() {
    all_of(&values("csg", "DELQ_STAT"), "C E A F P S T U V W Z Q");
    all_of(&values("csg", "EFT_STAT"), "S B D E G P W X");
    all_of(&values("csg", "CUST_TYP"), "RES BUS");
    all_of(&values("csg", "EFT_TYPE"), "C E");
    all_of(&values("liberate", "accountStatusCode"), "A B C D E F O P S T W X");
    all_of(&values("liberate", "contactMethod"), "BILLEM EMAIL FAX HOME IVR IVR1 IVR2 IVR3 MOB1 MOB2 PHONE WORK PAGER");
    all_of(&values("liberate", "businessId"), "JM PA");
    let cerillion = "BUSINESS FAX FAX_NO HOME MOBILE MOBILE_NO PHONE_NO EMAIL emailAddress1 emailAddress2 TELEX";
    all_of(&values("cerillion", "contactMethod"), cerillion);
    all_of(&values("cerillion", "accountStatusCode"), "SN SF SR");
    all_of(&values("amdocs", "businessId"), "CW SX BO SA SE MF");
    let barring = "51002454 51006038 51006040 51006047 51006143 51007682 51007683 51007688 \
        51009190 51009192 51009694 51009695 51010077 51010078 51010079 51010080";
    all_of(&values("amdocs", "offerId"), barring);
}

#[test]
fn mail_addresses_are_of_example_com() {
    for system in ["csg", "liberate", "cerillion", "amdocs", "tmf666"] {
        for file in files(system) {
            let file = file.to_lowercase();
            assert_eq!(file.matches('@').count(), file.matches("@example.com").count() + file.matches("\"@").count(), "{file}");
        }
    }
}
