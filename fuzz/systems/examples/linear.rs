//! Counts instructions: an input that is twice as long may take twice the work, and not four times.
//!
//! Runs itself under valgrind, which counts what [`measured`] executes and nothing else; a count is the same on a busy machine.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

type Run = fn(&[u8]);

const TARGETS: [(&str, Run); 8] = [
    ("amdocs", fuzz_systems::amdocs),
    ("aria", fuzz_systems::aria),
    ("cerillion", fuzz_systems::cerillion),
    ("csg", fuzz_systems::csg),
    ("json", fuzz_systems::json),
    ("liberate", fuzz_systems::liberate),
    ("model", fuzz_systems::model),
    ("salesforce", fuzz_systems::salesforce),
];

/// Bytes that an input grows by, once and twice.
const GROWTH: usize = 24_000;

/// Most work for an input that grew twice, in hundredths of the work for one that grew once. Linear is 200 at the most, quadratic 400.
const MOST: u64 = 250;

/// How an input grows: pieces, one after the other.
struct Shape {
    name: &'static str,
    before: &'static str,
    /// `#` stands for the piece's number.
    piece: &'static str,
    /// For each piece, in front of `after`.
    closing: &'static str,
    after: &'static str,
}

const fn shape(name: &'static str, before: &'static str, piece: &'static str, closing: &'static str, after: &'static str) -> Shape {
    Shape { name, before, piece, closing, after }
}

/// Put behind the first brace of each of the answers in an input.
const JSON: [Shape; 12] = [
    shape("unknown members", "", r#""unknown#":0,"#, "", ""),
    shape("one member again and again", "", r#""unknown":0,"#, "", ""),
    shape("the same with an object", "", r#""id":{"id":"1"},"#, "", ""),
    shape("a text of escapes", r#""unknown":""#, r"\n", "", r#"","#),
    shape("a text of escaped characters", r#""unknown":""#, r"\u00e9", "", r#"","#),
    shape("a name of escapes", r#"""#, r"\n", "", r#"":0,"#),
    shape("a long number", r#""unknown":1"#, "9", "", ","),
    shape("blanks", "", " ", "", ""),
    shape("lists in lists", r#""unknown":"#, "[", "]", ","),
    shape("objects in objects", r#""unknown":"#, r#"{"a":"#, "}", "0,"),
    shape("empty objects", r#""unknown":["#, "{},", "", "0],"),
    shape("no end", r#""unknown":"#, r#"[{"a":"#, "", ""),
];

/// Put behind the first tag that has an element in it.
const XML: [Shape; 9] = [
    shape("unknown elements", "", "<U#/>", "", ""),
    shape("one element again and again", "", "<U>1</U>", "", ""),
    shape("elements in elements", "", "<U>", "</U>", ""),
    shape("attributes", "<U ", r#"a#="1" "#, "", "/>"),
    shape("entities", "<U>", "&amp;", "", "</U>"),
    shape("characters by number", "<U>", "&#233;", "", "</U>"),
    shape("comments", "", "<!-- -->", "", ""),
    shape("blanks", "", " ", "", ""),
    shape("no end", "", "<U>", "", ""),
];

impl Shape {
    /// What is put in, of about so many bytes.
    fn grown(&self, bytes: usize) -> String {
        let pieces = bytes / (self.piece.len() + self.closing.len());
        let grown: String = (0..pieces).map(|number| self.piece.replace('#', &number.to_string())).collect();
        let (closings, after) = (self.closing.repeat(pieces), self.after);
        // What is innermost stands in front of what closes it.
        match after.strip_suffix(',').filter(|_| !self.closing.is_empty()) {
            Some(innermost) => format!("{}{grown}{innermost}{closings},", self.before),
            None => format!("{}{grown}{closings}{after}", self.before),
        }
    }

    fn put_into(&self, seed: &str, bytes: usize) -> String {
        let grown = self.grown(bytes);
        if seed.trim_start().starts_with('<') {
            let at = seed.find("><").or_else(|| seed.find(">\n")).map_or(seed.len(), |at| at + 1);
            return format!("{}{grown}{}", &seed[..at], &seed[at..]);
        }
        let part = |part: &str| match part.split_once('{') {
            Some((before, behind)) => format!("{before}{{{grown}{behind}"),
            None => part.to_owned(),
        };
        seed.split('\0').map(part).collect::<Vec<_>>().join("\0")
    }
}

/// The longest of a target's inputs: it has the most places.
fn seed(target: &str) -> String {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let files =
        std::fs::read_dir(corpus).expect("a corpus").map(|file| std::fs::read(file.expect("a file").path()).expect("a readable file"));
    let texts = files.filter_map(|bytes| String::from_utf8(bytes).ok()).filter(|text| text.contains(['{', '<']));
    texts.max_by_key(String::len).expect("a corpus with a text in it")
}

fn cases() -> Vec<(&'static str, Run, &'static Shape)> {
    let shapes = |target| if target == "csg" { XML.iter() } else { JSON.iter() };
    TARGETS.iter().flat_map(|&(target, run)| shapes(target).map(move |shape| (target, run, shape))).collect()
}

/// What valgrind counts.
#[inline(never)]
fn measured(run: Run, input: &[u8]) {
    run(black_box(input));
    // Not a jump instead of a call, which would not come back here.
    black_box(input);
}

fn measure() {
    for (target, run, shape) in cases() {
        let seed = seed(target);
        run(seed.as_bytes());
        for growths in 1..=2 {
            measured(run, shape.put_into(&seed, growths * GROWTH).as_bytes());
        }
    }
}

/// The counts that valgrind left in a folder, one file for each call of [`measured`].
fn counts(folder: &Path) -> Vec<u64> {
    let mut counts = Vec::new();
    while let Ok(dump) = std::fs::read_to_string(folder.join(format!("counts.{}", counts.len() + 1))) {
        let total = dump.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
        counts.push(total.and_then(|total| total.trim().parse().ok()).expect("a count in each file"));
    }
    counts
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("measure") {
        measure();
        return ExitCode::SUCCESS;
    }
    let folder = std::env::temp_dir().join(format!("linear-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let status = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--log-file=/dev/null",
            "--toggle-collect=linear::measured",
            "--dump-after=linear::measured",
            "--dump-line=no",
        ])
        .arg(format!("--callgrind-out-file={}", folder.join("counts").display()))
        .arg(std::env::current_exe().expect("its own path"))
        .arg("measure")
        .status()
        .expect("valgrind is installed");
    let counts = counts(&folder);
    std::fs::remove_dir_all(&folder).expect("the temporary folder");
    assert!(status.success(), "valgrind ended with {status}");
    report(&counts)
}

fn report(counts: &[u64]) -> ExitCode {
    let cases = cases();
    assert_eq!(counts.len(), 2 * cases.len(), "a count for each measurement");
    let mut failed = 0;
    println!("| target | grows by | instructions | for twice the growth | factor |\n|---|---|---|---|---|");
    for ((target, _, shape), counts) in cases.iter().zip(counts.chunks_exact(2)) {
        let (once, twice) = (counts[0], counts[1]);
        let hundredths = 100 * twice / once;
        let verdict = if hundredths > MOST { " TOO MUCH" } else { "" };
        failed += usize::from(hundredths > MOST);
        println!("| {target} | {} | {once} | {twice} | {}.{:02}{verdict} |", shape.name, hundredths / 100, hundredths % 100);
    }
    println!("{} shapes, {failed} of them not linear", cases.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
