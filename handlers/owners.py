"""Who holds a row of the work list: a name that tells other processes whether its owner still runs."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def owner_name() -> str:
    """Return a name for this process's hold on the work list that tells others whether it still runs."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Say whether the process that took rows on as `owner` ran here and runs no more.

    Of a process on another machine, or in another container, nothing is known; its leases run out.
    """
    machine, *rest = owner.split("/")
    if machine != _machine() or len(rest) < 2 or not rest[0].isdecimal():  # noqa: PLR2004 - id and start
        return False
    process = int(rest[0])
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    # The number may have gone to another process since.
    return _started(process) != rest[1]


def _machine() -> str:
    """Return what tells this machine, and the space of process numbers in it, from others."""
    space = Path("/proc/self/ns/pid")
    inner = space.readlink().name if space.is_symlink() else ""
    return f"{socket.gethostname()} {inner}".replace("/", "_")


def _started(process: int) -> str:
    """Return when a process began, in clock ticks since the machine did; empty where that is not told."""
    try:
        # proc(5): the name in brackets may hold anything, so count from its end; the start is field 22.
        return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
