"""A chapter's text, and which of its characters are prose, mathematics, code or markup."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from proofsheet.jobs.errors import UserError

_TOKEN = re.compile(
    r"""
      (?P<front>\A---\n.*?^---[ \t]*$)
    | (?P<fence>^[ \t]*(?P<ticks>`{3,}|~{3,})[^\n]*\n.*?^[ \t]*(?P=ticks)[ \t]*$)
    | (?P<comment><!--.*?-->)
    | (?P<display>\$\$.*?\$\$)
    | (?P<code>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))
    | (?P<shortcode>\{\{<.*?>\}\})
    # as pandoc has it: no space inside the dollars, no digit after them, no blank line within
    | (?P<inline>(?<!\\)\$(?=\S)(?:[^$\\\n]|\\.|\n(?![ \t]*\n))*?(?<=\S)\$(?!\d))
    # a claim's condition; the text of its else="…" is prose
    | (?P<claim>\{\s*\.claim(?![\w-])\s*(?:if="[^"]*"\s*)?(?:else="|\}))
    | (?P<attribute>\{(?=[#.=]|[\w-]+=)[^{}]*\})
    | (?P<target>(?<=\])\([^()\s]*\))
    | (?P<url><?https?://[^\s>)\]]+>?)
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
VARIABLE = re.compile(r"\{\{<\s*var\s+(\S+?)\s*>\}\}")
_LABEL = re.compile(r"\{#[^\s}]+")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Token:
    """A stretch of the text that is not prose; `kind` is a group of `_TOKEN`."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The first position after it."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Section:
    """From a heading to the next one of any level; `label` is '' where it has none."""

    title: str
    start: int
    end: int
    level: int
    label: str


@dataclass(frozen=True)
class Chapter:
    """One `.qmd`: `path` is how it is named in messages."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Chapter:
        """Read a file as UTF-8.

        Raises:
            UserError: it is not.
        """
        try:
            return cls(path, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            where = f"{path}: byte {error.start}"
            raise UserError(f"{where} is not UTF-8; save it as UTF-8") from None

    @cached_property
    def tokens(self) -> list[Token]:
        """Everything that is not prose, in the order of the text."""
        return [
            Token(str(match.lastgroup), match[0], match.start())
            for match in _TOKEN.finditer(self.text)
        ]

    def of(self, *kinds: str) -> Iterator[Token]:
        """The tokens of these kinds."""
        return (token for token in self.tokens if token.kind in kinds)

    def without(self, *kinds: str) -> str:
        """The text with tokens of these kinds blanked: every position stays where it is."""
        text = self.text
        for token in self.of(*kinds):
            blank = re.sub(r"[^\n]", " ", token.text)
            text = text[: token.start] + blank + text[token.end :]
        return text

    @cached_property
    def prose(self) -> str:
        """Only what a reader reads as words, headings, captions and tables."""
        text = self.brackets
        keys = re.compile(r"(?<!\w)@[\w:.#/-]+|\[\^[^\]\s]+\]")
        return keys.sub(lambda match: " " * len(match[0]), text)

    @cached_property
    def brackets(self) -> str:
        """The text without mathematics, code and addresses: its brackets are Markdown's."""
        return self.without(*_KINDS)

    @cached_property
    def source(self) -> str:
        """The text without code, comments and front matter."""
        return self.without("front", "fence", "code", "comment")

    @cached_property
    def sections(self) -> list[Section]:
        """The sections, each under its own heading; text before the first one has no section."""
        found = list(_HEADING.finditer(self.source))
        ends = [match.start() for match in found[1:]] + [len(self.text)]
        return [
            Section(
                match[2].partition(" {")[0].strip(), match.start(), end, len(match[1]),
                (_LABEL.search(match[2]) or [""])[0].removeprefix("{#"),
            )
            for match, end in zip(found, ends, strict=True)
        ]  # fmt: skip

    @cached_property
    def variables(self) -> list[tuple[int, str]]:
        """Position and name of every variable, in the order of the text."""
        return [(match.start(), match[1]) for match in VARIABLE.finditer(self.source)]

    def line(self, position: int) -> int:
        """The line of a position, from 1."""
        return bisect_right(self._line_starts, position)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]


_KINDS = (
    "front", "fence", "comment", "display", "code", "shortcode", "inline", "claim", "attribute",
    "target", "url",
)  # fmt: skip
