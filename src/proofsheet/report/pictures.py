"""Check the pictures that a user names; their content, not their name, tells the type."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from proofsheet.jobs.errors import UserError

ALLOWED = "allowed: a png, jpg, gif, webp or svg picture, relative to the project's folder"
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}


def picture_suffix(path: Path) -> str:
    """The suffix that fits the content of a picture, which is read to its end.

    Raises:
        UserError: it is none, is of a kind that the renderer does not know, or is damaged.
    """
    from PIL import Image, UnidentifiedImageError  # the Snakefile reads this module, too

    try:
        with Image.open(path, formats=list(SUFFIXES)) as picture:
            picture.load()
            return SUFFIXES[picture.format]
    except UnidentifiedImageError:
        pass
    except Exception as error:  # Pillow raises a dozen kinds
        reason = str(error).replace(str(path), path.name)
        raise UserError(f"is a damaged picture ({reason}); save it again") from None
    try:
        if ElementTree.parse(path).getroot().tag in ("svg", "{http://www.w3.org/2000/svg}svg"):
            return ".svg"
    except (ElementTree.ParseError, ValueError, LookupError):
        pass
    raise UserError(f"is not a picture that can be shown; {ALLOWED}")
