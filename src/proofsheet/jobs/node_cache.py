"""Copy data to a node's own disk, where the shared file system of a cluster is slow."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from proofsheet.jobs.atomic_files import replacing
from proofsheet.jobs.errors import UserError


def near(path: Path, scratch: str) -> Path:
    """A file's copy on the node's own disk, made by the first job that needs it.

    Args:
        scratch: a folder of the node, in which `$TMPDIR` and the like stand for their values; '' to
            read `path` itself.

    Raises:
        UserError: the folder cannot be made or written.
    """
    if not scratch:
        return path
    node = os.path.expandvars(os.path.expanduser(scratch))
    if "$" in node:
        raise UserError(
            f"config.yaml: data.scratch is {scratch!r}, but this node sets no such variable;"
            " allowed: a folder of the node, such as /tmp or $TMPDIR where it is set, or nothing"
        )
    state = path.stat()
    folder = Path(node, "proofsheet", f"{state.st_mtime_ns}-{state.st_size}")
    copy = folder.joinpath(*path.resolve().parts[1:])
    if not copy.is_file():
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            with replacing(copy) as temporary:
                shutil.copyfile(path, temporary)
        except OSError as error:
            raise UserError(
                f"config.yaml: data.scratch is {scratch!r}, which cannot be written"
                f" ({error.strerror}); allowed: a folder of the node, such as $TMPDIR, or nothing"
            ) from None
    return copy
