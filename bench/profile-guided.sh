#!/usr/bin/env bash
# Builds channels, all of them or those that are named, for what their requests do: once to write that down, once with it in
# hand. Needs llvm-profdata (`rustup component add llvm-tools`). The outcome is in target/profile-guided/<host>/release.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc --print host-tuple)
profdata=$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata
work=$PWD/target/profile-guided
channels=("$@")
((${#channels[@]})) || channels=(bot-ux sfdc-ux dxp-ux wfm-ux)
# cargo would not notice that the profile is another one.
rm -rf "$work/raw" "$work/$host"

# `--target` keeps the flags away from build scripts and macros.
build() {
    RUSTFLAGS=$1 cargo build --release --locked --target "$host" --target-dir "$2" "${channels[@]/#/--package=}"
}

build "-Cprofile-generate=$work/raw" "$work/instrumented"
cargo build --release --locked -p ux-bench -p bss-sandbox
target/release/ux-bench exercise "$work/instrumented/$host/release" "${channels[@]}"
"$profdata" merge -o "$work/requests.profdata" "$work/raw"
build "-Cprofile-use=$work/requests.profdata" "$work"
