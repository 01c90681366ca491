#!/usr/bin/env bash
# What strangers' tools say about schemas/ and about the running binaries: validators, a fuzzer, a browser, a generated client.
# Needs cargo, python3 with venv, node with npm, and Chromium (Debian: python3-venv nodejs npm chromium).
# Tools are installed under target/portal; takes about four minutes.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh

portal=target/portal
logs=$portal/logs
venv=$portal/venv/bin
node=$portal/node/node_modules/.bin
channels=(bot-ux sfdc-ux dxp-ux wfm-ux)
servers=()

trap 'for server in "${servers[@]}"; do kill "$server" 2>/dev/null; done' EXIT

install() {
    python_tools "$portal/venv" --requirement tests/portal/requirements.txt || return
    mkdir -p "$portal/node"
    cp tests/portal/package.json tests/portal/docs.mjs "$portal/node/"
    (cd "$portal/node" && npm install --no-audit --no-fund --silent) || return
}

build() {
    cargo build --quiet --package schema-export
    for channel in "${channels[@]}"; do
        cargo build --quiet --package "$channel" || return
    done
}

# start CHANNEL: runs the binary on its sandbox and sets `url`.
start() {
    local log=$logs/$1.server.log
    "${CARGO_TARGET_DIR:-target}/debug/$1" --listen 127.0.0.1:0 >"$log" 2>&1 &
    servers+=($!)
    for _ in $(seq 150); do
        url=$(sed -n 's/^listening on //p' "$log")
        [ -n "$url" ] && return
        sleep 0.2
    done
    return 1
}

operations() {
    node -e 'for (const path of Object.values(JSON.parse(require("fs").readFileSync(process.argv[1])).paths))
        for (const operation of Object.values(path)) console.log(operation.operationId)' "schemas/openapi/$1.json" | paste -sd,
}

fuzz() {
    "$venv/st" --config-file tests/portal/schemathesis.toml run "$2/openapi.json" \
        --header "client_id: demo" --header "client_secret: demo-secret" \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance \
        --phases examples,coverage,fuzzing --max-examples 40 --seed 1 --request-timeout 15 --suppress-health-check all --warnings off
}

served() {
    curl -sf "$2/openapi.json" | cmp - "schemas/openapi/$1.json"
}

client() {
    cp -r tests/portal/client "$portal/node/"
    for channel in "${channels[@]}"; do
        "$node/openapi-typescript" "schemas/openapi/$channel.json" --output "$portal/node/client/$channel.d.ts" || return
    done
    "$node/tsc" --project "$portal/node/client"
}

postman() {
    node -e 'const collection = JSON.parse(require("fs").readFileSync(process.argv[1]));
        if (!collection.item.length || !collection.item.every((folder) => folder.item.length)) process.exit(1)' "$1"
}

mkdir -p "$logs"
install || { echo "the tools cannot be installed"; exit 1; }
build || { echo "the binaries cannot be built"; exit 1; }

step "schemas are what the code says" cargo run --quiet --package schema-export -- --check
for channel in "${channels[@]}"; do
    step "$channel openapi-spec-validator" "$venv/openapi-spec-validator" "schemas/openapi/$channel.json"
    step "$channel redocly lint" "$node/redocly" lint "schemas/openapi/$channel.json"
    step "$channel postman collection" postman "schemas/postman/$channel.json"
done
step "typescript client compiles" client
for channel in "${channels[@]}"; do
    url=
    start "$channel"
    step "$channel serves its document" served "$channel" "$url"
    step "$channel docs in chromium" node "$portal/node/docs.mjs" "$url" "$(operations "$channel")"
    step "$channel schemathesis" fuzz "$channel" "$url"
done

closing_line
