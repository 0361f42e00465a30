"""Letters in the user's words that no font here can show, found before any job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proofsheet.jobs.errors import UserError

PRINTED = ("author", "acknowledgements", "eecs182_hw5")
"""Keys of the configuration whose texts are printed."""

_ALWAYS_SHOWN = "\u017f"  # the last letter of Latin Extended-A; every font has those before it


def check_letters(config: Mapping[str, Any]) -> None:
    """Refuse a text with letters that the report could only print as boxes.

    The report is set in the fonts that typst carries, and in those of the system where they lack a
    letter.

    Raises:
        UserError: the letters of the first such text, its key, and what to do.
    """
    for key, text in _texts({key: config[key] for key in PRINTED}):
        letters = "".join(dict.fromkeys(c for c in text if c > _ALWAYS_SHOWN and not c.isspace()))
        if letters and not can_show(text):
            missing = "".join(c for c in letters if not can_show(c)) or letters
            raise UserError(
                f"config.yaml: {key}: no font here has {missing}; install a font that has it"
                " (for Chinese, Japanese and Korean fonts-noto-cjk on Debian), or write it in other"
                " letters"
            )


def can_show(text: str) -> bool:
    """Does a font of typst or of this system have every letter?"""
    import typst

    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    # PDF/UA-1 forbids letters without a glyph, so typst refuses them.
    page = f'#set document(title: "x")\n#text("{quoted}")'.encode()
    try:
        typst.compile(page, format="pdf", pdf_standards="ua-1")
    except typst.TypstError:
        return False
    return True


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text below a key, with its own."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _texts(entry, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _texts(entry, f"{key}[{number}]")
