#!/bin/sh
# Installs the servers that tests and the demo of events put up themselves, where they are missing and the user may.
PATH="$PATH:/usr/sbin:/usr/local/sbin"

if command -v mariadbd >/dev/null; then
    exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "mariadbd is missing: tests that need it are skipped, the demo of events ends; as root, on Debian or Ubuntu:" \
        "apt-get install mariadb-server-core" >&2
    exit 0
fi
echo "Installing mariadb-server-core (45 MB, no service): once"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get install -qq -y --no-install-recommends mariadb-server-core ||
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends mariadb-server-core; }; } \
    >/dev/null; then
    echo "mariadb-server-core could not be installed: tests that need it are skipped, the demo of events ends" >&2
fi
