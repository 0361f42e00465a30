"""The text of a PDF, page by page."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from proofsheet.jobs.errors import UserError


def page_texts(pdf: bytes | str | Path) -> list[str]:
    """The text of each page, in reading order, with "\\n" between lines.

    Raises:
        UserError: it cannot be read, or has no pages.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
        texts = [page.get_textpage().get_text_bounded() for page in document]
    except pypdfium2.PdfiumError as error:
        raise UserError(f"the renderer left a PDF that cannot be read ({error})") from None
    if not texts:
        raise UserError("the renderer left a PDF without pages")
    return [text.replace("\r\n", "\n") for text in texts]
