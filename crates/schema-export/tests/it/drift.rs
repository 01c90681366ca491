//! `schemas/` is what the code says.

#[test]
fn the_committed_files_are_up_to_date() {
    let drifted = schema_export::drift(&schema_export::folder()).unwrap();
    assert!(drifted.is_empty(), "run `cargo run -p schema-export`: {drifted:?}");
}
