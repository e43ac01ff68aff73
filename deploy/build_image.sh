#!/bin/sh
# Builds the image of the Dockerfile, with docker or buildah: build_image.sh NAME [option of theirs]...
set -eu
cd "$(dirname "$0")/.."
name=$1
shift

# docker's client alone is not enough: its daemon must answer.
if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    exec docker build --tag "$name" "$@" .
fi
if command -v buildah >/dev/null; then
    # The other format of buildah knows no HEALTHCHECK.
    exec buildah build --format docker --tag "$name" "$@" .
fi
echo "no image was built: neither docker with a daemon that answers nor buildah is here;" \
    "on Debian or Ubuntu: apt-get install buildah" >&2
exit 1
