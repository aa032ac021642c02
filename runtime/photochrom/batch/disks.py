"""What kind of disk a path lies on."""

from __future__ import annotations

import os
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
"""Linux' table of mounted disks (proc_pid_mountinfo(5)); other systems have none."""
NETWORK = frozenset(
    ("9p", "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gpfs",
     "lustre", "nfs", "nfs4", "smb3", "smbfs")
)  # fmt: skip


def network(path: Path) -> str | None:
    """The kind of network disk that a path lies on; None: it lies on none, or nobody can tell."""
    try:
        lines = MOUNTS.read_text("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    real, best, kind = os.path.realpath(path), "", None
    for line in lines:
        before, _, after = line.partition(" - ")
        folder = _unescaped(before.split(" ")[4])
        if len(folder) >= len(best) and os.path.commonpath((real, folder)) == folder:
            best, kind = folder, after.split(" ")[0]
    return kind if kind in NETWORK else None


def _unescaped(name: str) -> str:
    for code in (r"\040", r"\011", r"\012", r"\134"):
        name = name.replace(code, chr(int(code[1:], 8)))
    return name
