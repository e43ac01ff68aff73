#!/bin/sh
# The same as clone.sh on a machine of its own: a root directory made by Debian's mmdebstrap with Python, make, git
# and nothing else. Usage, as root: root.sh SOURCE [SUITE] (bookworm where none is named). How this host reaches its
# package indexes is copied. ROOT=DIR keeps the root directory there, APT_OPTION='Acquire::Check-Valid-Until "false";'
# reaches apt, as for a mirror of sid that is weeks old.
set -eu
source=$1
suite=${2:-bookworm}
command -v mmdebstrap >/dev/null || { echo "mmdebstrap is missing: apt-get install mmdebstrap" >&2; exit 2; }
root=${ROOT:-$(mktemp -d "${TMPDIR:-/tmp}/fresh-root-XXXXXX")}
chmod 755 "$root" 2>/dev/null || true

leave() {
    umount -l "$root/proc" "$root/dev" 2>/dev/null || true
    [ -n "${ROOT:-}" ] || rm -rf --one-file-system "$root"
}
trap leave EXIT

[ -x "$root/usr/bin/make" ] || mmdebstrap --quiet ${APT_OPTION:+--aptopt="$APT_OPTION"} --variant=minbase --include=python3,python3-venv,make,git,ca-certificates "$suite" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp -r /etc/ssl/certs "$root/etc/ssl/"
for file in /etc/resolv.conf /etc/pip.conf /etc/apt/apt.conf.d/*registry*; do
    [ ! -f "$file" ] || cp "$file" "$root$file"
done
# Every machine knows its own name for itself, which a bare root directory does not.
echo '127.0.0.1 localhost' >"$root/etc/hosts"
rm -rf "$root/root/source" "$root/root/clone.sh"
git clone -q --bare "$source" "$root/root/source"
cp "$(dirname "$0")/clone.sh" "$root/root/clone.sh"
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TESTS="${TESTS:-yes}" DEMOS="${DEMOS:-}" \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt chroot "$root" sh /root/clone.sh /root/source
