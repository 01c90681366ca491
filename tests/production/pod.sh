#!/usr/bin/env bash
# Runs an image's files as a pod runs them: a root of their own that cannot be written, user 65532, no network but loopback.
# `pod.sh FOLDER`, inside `unshare --mount --net`; FOLDER holds what the image holds, and the configuration.
set -euo pipefail
root=$1

ip link set lo up
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"

# The variables that the configuration asks for, each with a value of the right form.
variables=()
for name in $(grep -o 'env:[A-Z0-9_]*' "$root/etc/channel/channel.toml" | cut -d: -f2 | sort -u); do
    case $name in
        *_HASH) value='sha256$000102030405060708090a0b0c0d0e0f$5ab00e4312bd84801b119de4264298f2119b9dba00407e9f48369c52d8837395' ;;
        *_URL) value=redis://127.0.0.1:6379 ;;
        *) value=0123456789abcdef0123456789abcdef ;;
    esac
    variables+=("$name=$value")
done
channel=(env -i "${variables[@]}" "$(command -v chroot)" --userspec=65532:65532 --groups= "$root" /usr/bin/channel)
status() { curl --silent --output /dev/null --write-out '%{http_code}' "$@" || true; }
# wait_for STATUS URL: probes ask again and again, too.
wait_for() {
    for _ in $(seq 300); do
        [ "$(status "$2")" = "$1" ] && return
        sleep 0.1
    done
    echo "$2 never answered $1"
    return 1
}
is() { [ "$1" = "$2" ] || { echo "$3: $1 instead of $2"; return 1; }; }

"${channel[@]}" check --config /etc/channel/channel.toml
"${channel[@]}" --config /etc/channel/channel.toml &
pid=$!
trap 'kill -KILL $pid 2>/dev/null || true' EXIT
admin=http://127.0.0.1:9091
callers=http://127.0.0.1:8080

wait_for 200 $admin/readyz
is "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' /proc/$pid/status)" '65532 65532 65532 65532' 'user'
is "$(awk '/^CapEff:/ { print $2 }' /proc/$pid/status)" 0000000000000000 'capabilities'
is "$(status $admin/livez)" 200 /livez
is "$(status $admin/metrics)" 200 /metrics
is "$(status $callers/)" 401 'a caller without credentials'

kill -HUP $pid
until curl --silent $admin/metrics | grep -q '^config_reloads_total{outcome="applied"} 1$'; do
    kill -0 $pid
    sleep 0.1
done

# A rolling restart: not ready, but callers whom the balancer still sends are served.
kill -TERM $pid
wait_for 503 $admin/readyz
is "$(status $callers/)" 401 'a caller who came after SIGTERM'
wait $pid
trap - EXIT
