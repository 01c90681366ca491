# What is done at a desk. `just ci` is what the gate runs.

# List the recipes.
default:
    @just --list

# Start a channel on its embedded sandbox: `just run`, `just run dxp-ux`.
run channel="bot-ux":
    cargo run -p {{channel}}

# Pass the tests.
test:
    cargo test --workspace

# Formatting and lints, warnings are errors.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    cargo doc --workspace --no-deps --all-features

# Everything the gate runs, from a clean checkout on.
ci:
    bash .ci/run

# Accept changed snapshots after reading them.
snapshots:
    cargo insta review

# Replay the corpus and fuzz every target, by default for ten minutes each: `just fuzz 60`. See fuzz/README.md.
fuzz seconds="600":
    fuzz/run {{seconds}}

# Licences, sources and banned crates; advisories too where there is a network: `just deny advisories`.
deny checks="licenses bans sources":
    cargo deny check {{checks}}

# The public API of tmf666-model against an earlier revision (needs cargo-semver-checks).
semver baseline="origin/main":
    cargo semver-checks -p tmf666-model --baseline-rev {{baseline}}

# Ten thousand changes under faults and kills.
changes count="10000":
    CHANGES={{count}} cargo test -p contract-tests changes_under_kills -- --nocapture

# Mixed traffic and faults for so many seconds; an hour is 3600.
soak seconds="600":
    SOAK_SECONDS={{seconds}} cargo test -p contract-tests soak -- --nocapture

# Everything that is too long for the gate, one after the other, about an hour; ends with the first failure.
nightly soak_seconds="600" fuzz_seconds="180" changes_count="10000":
    SOAK_SECONDS={{soak_seconds}} timeout 90m cargo test -p contract-tests soak -- --nocapture
    CHANGES={{changes_count}} timeout 60m cargo test -p contract-tests changes_under_kills -- --nocapture
    timeout 15m cargo run --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --package fuzz-systems --example linear
    CARGO_TARGET_DIR="$PWD/target/fuzz" timeout 120m fuzz/run {{fuzz_seconds}}

# What a request costs beside nginx, HAProxy and a Node service, with channels built as the images are: 25 minutes after the builds, on loopback (needs nginx, haproxy, wrk, npm).
bench rounds="14": (profile-guided "bot-ux" "dxp-ux" "wfm-ux")
    npm ci --silent --prefix bench/node
    target/release/ux-bench gateways --rounds {{rounds}} --channels "target/profile-guided/$(rustc --print host-tuple)/release"

# The same with plain release builds.
bench-release rounds="14":
    cargo build --release -p bot-ux -p dxp-ux -p wfm-ux -p bss-sandbox -p ux-bench
    npm ci --silent --prefix bench/node
    target/release/ux-bench gateways --rounds {{rounds}}

# Instructions of every operation, held against their ceilings; `just instructions --write` makes what is counted the new ones (needs valgrind).
instructions *arguments:
    cargo run -p ux-bench -- instructions {{arguments}}

# Channels that are built for what their requests do: target/profile-guided (needs `rustup component add llvm-tools`).
profile-guided *channels:
    bench/profile-guided.sh {{channels}}

# What the channels take up: size, start, memory idle and with ten thousand connections; fails if it is too much.
footprint:
    cargo build --release -p bot-ux -p sfdc-ux -p dxp-ux -p wfm-ux -p bss-sandbox -p ux-bench
    target/release/ux-bench footprint
