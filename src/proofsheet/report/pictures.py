"""Check the pictures that a user names; their content, not their name, tells the type."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from proofsheet.jobs.errors import UserError

ALLOWED = "allowed: a png, jpg, gif, webp or svg picture, relative to the project's folder"


def suffix_of(path: Path) -> str:
    """`.png`, `.jpg`, `.gif`, `.webp` or `.svg`, from the first bytes; '' of anything else."""
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if start.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if start.startswith(b"GIF8"):
        return ".gif"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return ".webp"
    try:
        root = next(ElementTree.iterparse(path, events=("start",)))[1].tag
    except (ElementTree.ParseError, ValueError, LookupError):
        return ""
    return ".svg" if root in ("svg", "{http://www.w3.org/2000/svg}svg") else ""


def check_picture(path: Path) -> None:
    """Read a picture to its end, as the renderer will.

    Raises:
        UserError: it is none, is of a kind that the renderer does not know, or is damaged.
    """
    suffix = suffix_of(path)
    if not suffix:
        raise UserError(f"is not a picture that can be shown; {ALLOWED}")
    try:
        if suffix == ".svg":
            ElementTree.parse(path)
        else:
            from PIL import Image

            with Image.open(path) as picture:
                picture.load()
    except Exception as error:  # Pillow raises a dozen kinds
        reason = str(error).replace(str(path), path.name)
        raise UserError(f"is a damaged {suffix[1:]} picture ({reason}); save it again") from None
