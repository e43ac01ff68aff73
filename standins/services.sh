#!/bin/sh
# Installs what tests and the demo of events put up themselves, where it is missing and the user may: mariadbd,
# and for the page of the monitor Chromium with its driver and the one file of axe-core.
PATH="$PATH:/usr/sbin:/usr/local/sbin"
export DEBIAN_FRONTEND=noninteractive
AXE_VERSION=4.14.1

may_install() {
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]
}

install() {
    apt-get install -qq -y --no-install-recommends "$@" >/dev/null ||
        { apt-get update -qq >/dev/null && apt-get install -qq -y --no-install-recommends "$@" >/dev/null; }
}

if ! command -v mariadbd >/dev/null; then
    if ! may_install; then
        echo "mariadbd is missing: tests that need it are skipped, the demo of events ends; as root, on Debian or Ubuntu:" \
            "apt-get install mariadb-server-core" >&2
    else
        echo "Installing mariadb-server-core (45 MB, no service): once"
        install mariadb-server-core ||
            echo "mariadb-server-core could not be installed: tests that need it are skipped, the demo of events ends" >&2
    fi
fi

[ "$1" = browser ] || exit 0
if ! command -v chromedriver >/dev/null || ! command -v chromium >/dev/null; then
    if ! may_install; then
        echo "chromium is missing: tests of the page in a browser are skipped; as root, on Debian:" \
            "apt-get install chromium chromium-driver" >&2
    else
        echo "Installing chromium and chromium-driver (100 MB): once"
        install chromium chromium-driver ||
            echo "chromium could not be installed: tests of the page in a browser are skipped" >&2
    fi
fi

cache="${XDG_CACHE_HOME:-$HOME/.cache}/oracle-cdc-sqs"
if [ ! -s "$cache/axe.min.js" ] && command -v npm >/dev/null; then
    mkdir -p "$cache"
    if (cd "$cache" && npm pack --silent "axe-core@$AXE_VERSION" >/dev/null && tar -xzf "axe-core-$AXE_VERSION.tgz" package/axe.min.js &&
        mv package/axe.min.js axe.min.js); then
        rm -rf "$cache/package" "$cache/axe-core-$AXE_VERSION.tgz"
    else
        echo "axe-core could not be fetched: the page is not searched for barriers" >&2
    fi
fi
exit 0
