#!/usr/bin/env bash
# Starts the sandbox on free ports, runs other people's clients against it, stops it. Prints "N passed, N failed".
#
# Needs python3 with venv; installs simple-salesforce from PyPI into target/clients.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh

venv=target/clients/venv
python_tools "$venv" 'simple-salesforce==1.12.10'

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
