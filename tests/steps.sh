# Sourced by the scripts that run other people's tools: installs those in Python, counts checks. A script with steps sets
# `logs`, an existing folder.

passed=0
failed=0

# step NAME COMMAND...: runs a check and shows its output only if it fails.
step() {
    local name=$1 log
    shift
    log=$logs/$(tr ' /' '__' <<<"$name").log
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        tail -n 60 "$log"
    fi
}

# python_tools VENV PACKAGES...: a virtual environment that holds these, as pip is told of them.
python_tools() {
    [ -x "$1/bin/python" ] || python3 -m venv "$1" || return
    "$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
}

# The closing line, and whether all is well.
closing_line() {
    echo "${1:+$1: }$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
