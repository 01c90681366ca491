#!/usr/bin/env bash
# Builds the channels for what their requests do: once to write that down, once with it in hand. Needs llvm-profdata
# (`rustup component add llvm-tools`). The outcome is in target/profile-guided/<host>/release.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc --print host-tuple)
profdata=$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata
work=$PWD/target/profile-guided
rm -rf "$work/raw"

# `--target` keeps the flags away from build scripts and macros.
build() {
    RUSTFLAGS=$1 cargo build --release --locked --target "$host" --target-dir "$2" -p bot-ux -p sfdc-ux -p dxp-ux -p wfm-ux
}

build "-Cprofile-generate=$work/raw" "$work/instrumented"
cargo build --release --locked -p ux-bench -p bss-sandbox
target/release/ux-bench exercise "$work/instrumented/$host/release"
"$profdata" merge -o "$work/requests.profdata" "$work/raw"
build "-Cprofile-use=$work/requests.profdata" "$work"
