#!/bin/bash
# make-root.sh FOLDER: make a Debian tree with GIMP 3 for tests, unless it is there already.
# Needs root and the mirror that this machine's apt uses.
set -euo pipefail
root=$1
suite=trixie
# GIMP without what it only recommends; a font; a screen and what drives it.
packages=gimp,gir1.2-gimp-3.0,python3-gi,fonts-dejavu-core,adwaita-icon-theme,xvfb,openbox,wmctrl,xdotool,imagemagick
stamp="$suite $packages 1"
if [ "$(cat "$root/.stamp" 2>/dev/null || true)" = "$stamp" ]; then exit 0; fi

if [ "$(id -u)" != 0 ]; then
    echo "GIMP's tests make a Debian tree and chroot into it: run them as root (sudo make test-gimp)" >&2
    exit 1
fi
if ! command -v mmdebstrap >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends mmdebstrap
fi
mirror=$(apt-get indextargets --format '$(SITE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$1 ~ /\/debian\/?$/ && $2 == "main" { print $1; exit }')
if [ -z "$mirror" ]; then
    echo "apt's sources name no mirror of Debian: GIMP 3 can't be had for the tests" >&2
    exit 1
fi

mkdir -p "$(dirname "$root")"
new=$(mktemp -d "$root.XXXXXX")
trap 'rm -rf --one-file-system "$new"' EXIT
# an expired index is as good as a fresh one: what it names is checked by signature and checksum
mmdebstrap --quiet --variant=apt --mode=root \
    --aptopt='Apt::Install-Recommends "false"' \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include="$packages" "$suite" "$new" "deb $mirror $suite main"
mkdir "$new/t"
echo "$stamp" >"$new/.stamp"
chmod 755 "$new"
rm -rf --one-file-system "$root"
mv "$new" "$root"
