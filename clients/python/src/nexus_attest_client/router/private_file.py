"""Files that hold a secret: read only if nobody else can."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_MAX_BYTES = 16 * 1024


class UnusableFile(Exception):
    """A file with a secret that is not used. The message says why, and what to do."""


def read_private(file: str | Path, what: str) -> bytes:
    """The bytes of a file that only its owner may use: ours, or the administrator's. Links are followed, for that is how secrets are mounted into containers."""
    try:
        # A pipe in the file's place would keep the program waiting for a writer.
        opened = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise UnusableFile(f"{what} {file} cannot be read: {error.strerror}") from error
    try:
        # Asked of the file that was opened, not of its name, so that none can be put in its place in between.
        wrong = _unsafe(os.fstat(opened), file)
        if wrong:
            raise UnusableFile(f"{what} {file} is not used: {wrong}")
        content = os.read(opened, _MAX_BYTES + 1)
    finally:
        os.close(opened)
    if len(content) > _MAX_BYTES:
        raise UnusableFile(f"{what} {file} is not used: it is larger than {_MAX_BYTES} bytes")
    return content


def _unsafe(found: os.stat_result, file: str | Path) -> str:
    if not stat.S_ISREG(found.st_mode):
        return "it is not a regular file"
    if os.name != "posix":
        return ""
    if found.st_uid not in (os.getuid(), 0):
        return f"it belongs to another user ({found.st_uid}), who could change it: chown it"
    if found.st_mode & 0o077:
        return f"others than its owner may use it (mode {found.st_mode & 0o777:04o}): chmod 600 {file}"
    return ""
