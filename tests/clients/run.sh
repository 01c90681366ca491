#!/usr/bin/env bash
# Starts the sandbox on free ports, runs other people's clients against it, stops it. Prints "N passed, N failed".
#
# Needs python3 with venv; installs simple-salesforce from PyPI into target/clients.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=target/clients/venv
if ! "$venv/bin/python" -c 'import simple_salesforce' 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check 'simple-salesforce==1.12.10'
fi

cargo build --quiet -p bss-sandbox
addresses=$(mktemp)
target/debug/bss-sandbox --port-base 0 >"$addresses" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null; rm -f "$addresses"' EXIT

# The last line is printed when all ports are open.
until grep -q '^control ' "$addresses"; do
    kill -0 "$sandbox"
    sleep 0.05
done
base=$(awk '$1 == "salesforce" { print $2 }' "$addresses")

"$venv/bin/python" tests/clients/salesforce_client.py "$base"
