#!/bin/bash
# in-root.sh ROOT FOLDER [PATH...] -- COMMAND...: run a command in the tree that make-root.sh made.
# FOLDER is /t in there, and each PATH lies where it lies here, read-only. The namespaces of mounts,
# processes and network are its own: afterwards nothing is left mounted, and nothing runs; and a screen
# of one number may be there twice.
set -euo pipefail
root=$1 folder=$2
shift 2
given=()
while [ "$1" != -- ]; do given+=("$1"); shift; done
shift
export root folder
export paths="${given[*]}"
exec unshare --mount --pid --net --fork --kill-child --propagation private bash -euc '
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"  # before the others: they may lie in it
mount --bind "$folder" "$root/t"
for path in $paths; do
    mkdir -p "$root$path"
    mount --bind "$path" "$root$path"
    mount -o remount,bind,ro "$root$path"
done
exec chroot "$root" env -i HOME=/t/home PATH=/usr/bin:/bin LANG=C.UTF-8 XDG_RUNTIME_DIR=/t/run \
    GEGL_THREADS=2 PYTHONUNBUFFERED=1 NO_AT_BRIDGE=1 "$@"' _ "$@"
