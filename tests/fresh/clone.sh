#!/bin/sh
# What README promises of a fresh clone: each demo, then all tests. Usage: clone.sh SOURCE [PYTHON...]
# SOURCE is the repository to clone, PYTHON an interpreter (python3 where none is named). TESTS=no leaves the tests
# out, DEMOS="events changes" runs those alone beside the first, DEMOS=" " none of them. Exits 1 where anything failed, and prints a line for each.
set -u
source=$1
shift
[ $# -gt 0 ] || set -- python3
work=$(mktemp -d "${TMPDIR:-/tmp}/fresh-clone-XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

attempt() {
    what=$1
    shift
    begun=$(date +%s)
    if "$@" >"$work/log" 2>&1 </dev/null; then
        echo "passed: $what, $(($(date +%s) - begun)) s"
    else
        echo "FAILED: $what, exit $?"
        tail -n 100 "$work/log"
        failed=1
    fi
}

for python in "$@"; do
    name=$("$python" -c 'import platform; print("Python", platform.python_version())') || exit 2
    rm -rf "$work/clone"
    git clone -q "$source" "$work/clone" || exit 2
    cd "$work/clone" || exit 2
    attempt "$name: make demo" make demo PYTHON="$python"
    for demo in ${DEMOS:-events changes monitor all}; do
        attempt "$name: make demo ARGS=$demo" make demo ARGS="$demo" PYTHON="$python"
    done
    [ "${TESTS:-yes}" = no ] || attempt "$name: make test" make test PYTHON="$python"
    [ "${TESTS:-yes}" = no ] || attempt "$name: make test-acceptance" make test-acceptance PYTHON="$python"
    cd /
done
exit $failed
