use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::http::Call;

#[test]
fn the_program_prints_its_addresses_and_ends_when_told() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_bss-sandbox")).args(["--port-base", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut control = String::new();
    for line in lines {
        let line = line.unwrap();
        if let Some(url) = line.strip_prefix("control") {
            control = url.trim().to_owned();
            break;
        }
    }
    assert_eq!(Call::new(control, "GET", "/systems").send().unwrap().status, 200);
    let told = Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(program.wait().unwrap().success());
}

#[test]
fn the_program_says_what_is_wrong_with_the_data() {
    let program = Command::new(env!("CARGO_BIN_EXE_bss-sandbox")).args(["--data", "/nonexistent"]).output().unwrap();
    assert!(!program.status.success());
    let said = String::from_utf8(program.stderr).unwrap();
    assert!(said.starts_with("bss-sandbox: /nonexistent: cannot be read\n  because: "), "{said}");
}
