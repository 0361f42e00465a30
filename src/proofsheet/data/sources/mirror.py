"""A mirror: a folder of pre-staged files with a `manifest.yaml`, as clusters keep one.

    dry_bean:                        the dataset; its files are in the folder of this name …
      folder: beans                  … or in this one ('.' is the mirror itself)
      official: false                are these the publisher's own bytes?
      note: the workbook was re-saved
      licence: CC BY 4.0
      files:
        Dry_Bean_Dataset.xlsx: {sha256: a1c0…}       or {md5: …}
      members:                       of an archive among the files
        cifar-10-batches-py/data_batch_1: {md5: c99c…}

A file is used only if its checksum is in the manifest (or in a listing whose own checksum is
there) and matches. No name leads out of the mirror, neither by `..` nor by a symbolic link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from proofsheet.data.sources.archive import LIMIT, Checksum, unpack_members
from proofsheet.jobs.atomic_files import checksum
from proofsheet.jobs.errors import UserError

MANIFEST = "manifest.yaml"
DIGITS = {"sha256": 64, "md5": 32}
"""Hexadecimal digits of a checksum; the first one that is listed counts."""

_TEXT = {"type": "string", "description": "allowed: a text"}
_CHECKSUMS = {
    "type": "object",
    "description": "allowed: checksums by file name",
    "additionalProperties": {
        "type": "object",
        "description": "allowed: {sha256: …} or {md5: …}, as sha256sum or md5sum prints it",
        "anyOf": [{"required": [name]} for name in DIGITS],
        "properties": {
            name: {
                "type": "string",
                "pattern": f"^[0-9a-fA-F]{{{digits}}}$",
                "description": f"allowed: {digits} hexadecimal digits, as {name}sum prints them",
            }
            for name, digits in DIGITS.items()
        },
    },
}
SCHEMA = {
    "type": "object",
    "description": "allowed: datasets by name",
    "additionalProperties": {
        "type": "object",
        "required": ["official", "licence", "files"],
        "properties": {
            "official": {
                "enum": ["true", "false"],
                "description": "allowed: true or false, whether the bytes are the publisher's own",
            },
            "note": _TEXT,
            "licence": _TEXT,
            "folder": _TEXT,
            "files": _CHECKSUMS,
            "members": _CHECKSUMS,
        },
        "additionalProperties": False,
        # The report says how the files differ from the official ones.
        "if": {"required": ["official"], "properties": {"official": {"const": "false"}}},
        "then": {"required": ["note"]},
    },
}


@dataclass(frozen=True)
class Entry:
    """One dataset of a mirror.

    Attributes:
        folder: where the files are, under `root`.
        files, members: checksums by name, under `folder` and inside the archive.
    """

    name: str
    root: Path
    folder: str
    official: bool
    note: str
    licence: str
    files: Mapping[str, Checksum]
    members: Mapping[str, Checksum]

    def find(self, *patterns: str) -> str:
        """The first listed file whose name, in whatever folder, matches a pattern; '' if none."""
        return next(
            (
                name
                for pattern in patterns
                for name in self.files
                if fnmatchcase(PurePosixPath(name).name.lower(), pattern.lower())
            ),
            "",
        )

    def file(self, name: str) -> Path:
        """The path of a file of the manifest, after its checksum has been compared.

        Raises:
            UserError: it is not in the manifest, not in the mirror, or its bytes are others.
        """
        if name not in self.files:
            raise UserError(
                f"{self.root / self.folder / name} is not in {self.root / MANIFEST} (there under"
                f" '{self.name}': {', '.join(self.files)}); a file without a checksum is not used:"
                " add it to the manifest with its sha256"
            )
        return self.listed(name, self.files[name])

    def listing(self, name: str) -> dict[str, Checksum]:
        """Checksums by path from a file like MD5SUMS or SHA256SUMS, itself in the manifest.

        A line is a digest and a path relative to the listing's folder, as md5sum writes it. Hidden
        files, such as those that macOS leaves in folders and archives, are passed over.
        """
        path = self.file(name)
        above = PurePosixPath(name).parent
        found = {}
        for number, line in enumerate(_text(path).splitlines(), start=1):
            where = f"{path}:{number}"
            match = re.fullmatch("([0-9a-fA-F]{64}|[0-9a-fA-F]{32}) [ *](.*)", line)
            if not match:
                raise UserError(
                    f"{where} is {_shown(line)}; allowed: a checksum, two spaces and a path;"
                    " write the listing again with md5sum"
                )
            relative = PurePosixPath(_safe(match[2], where))
            algorithm = next(name for name in DIGITS if DIGITS[name] == len(match[1]))
            if not hidden(relative):
                found[str(above / relative)] = Checksum(algorithm, match[1].lower())
        return found

    def unpack(self, archive: str, folder: Path, limit: int = LIMIT) -> dict[str, Path]:
        """Write the `members` of a tar or zip archive under `folder`, each verified.

        Members that the manifest does not list stay in the archive, and so does anything that is
        not a plain file; an archive of more than `limit` bytes, unpacked, is refused.
        """
        path = self.file(archive)
        if not self.members:
            raise UserError(
                f"{self.root / MANIFEST}: '{self.name}' has no 'members', so nothing in {path} may"
                " be used; list the members with their checksums"
            )
        try:
            return unpack_members(path, self.members, folder, limit)
        except ValueError as error:
            raise UserError(
                f"{error}; copy the archive to the mirror again, or correct {MANIFEST}"
            ) from None

    def record(self, name: str) -> dict[str, Any]:
        """What `source.json` says about a file that `file` has verified."""
        expected = self.files[name]
        return {
            "name": name,
            "bytes": (self.root / self.folder / name).stat().st_size,
            expected.algorithm: expected.digest,
            "verified": f"{expected.algorithm} of {MANIFEST}",
        }

    def listed(self, name: str, expected: Checksum) -> Path:
        """The path of a file that a `listing` names, after its checksum has been compared."""
        path = self.root / self.folder / name
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise UserError(
                f"{path} is a link that leads out of the mirror, to {path.resolve()}; allowed:"
                f" files inside {self.root}; put the file itself there"
            )
        if not path.is_file():
            raise UserError(
                f"{path} is listed in {self.root / MANIFEST} but is not there; copy it to the"
                " mirror, or remove it from the manifest"
            )
        try:
            found = checksum(path, expected.algorithm)
        except OSError as error:
            raise UserError(f"{path} cannot be read ({error.strerror}); fix the mirror") from None
        if found != expected.digest:
            raise UserError(
                f"{path} is damaged: expected {expected}, found {found}; copy it to the mirror"
                " again, or correct the manifest if the file is right"
            )
        return path


def hidden(path: PurePosixPath) -> bool:
    """Was a file left by an operating system (`.DS_Store`, `._x`, `__MACOSX`)?"""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts if part != "..")


def read_mirror(root: str | Path) -> dict[str, Entry]:
    """Every dataset of a mirror, from its manifest, which is verified as a whole.

    Raises:
        UserError: there is no manifest, or it does not have the shape above; in one line.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    root = Path(root)
    path = root / MANIFEST
    if not path.is_file():
        missing = f"has no {MANIFEST}" if root.is_dir() else "does not exist"
        raise UserError(
            f"the mirror {root} {missing}; allowed: a folder that holds a {MANIFEST}; correct"
            " data.mirror in config.yaml or PROOFSHEET_MIRROR, or leave them empty"
        )
    try:
        # Everything as text: YAML would read a digest such as 0123…, all digits, as a number.
        text = _text(path)
        # A few references to references can stand for billions of values.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise UserError(f"{path} uses references (*name); allowed: plain values; correct it")
        manifest = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(
            f"{where} is not YAML ({getattr(error, 'problem', None) or 'unreadable'}); correct it"
        ) from None
    if wrong := best_match(Draft202012Validator(SCHEMA).iter_errors(manifest)):
        where = ".".join([f"{path}", *map(str, wrong.absolute_path)])
        why = wrong.schema.get("description") or wrong.message
        raise UserError(f"{where}: {_shown(wrong.instance)}: {why}; correct it")
    return {_safe(name, str(path)): entry_of(name, value, root) for name, value in manifest.items()}


def entry_of(name: str, value: dict[str, Any], root: Path) -> Entry:
    """An entry of a manifest, which has been compared with the schema."""
    where = f"{root / MANIFEST}: {name}"
    folder = value.get("folder", name)
    return Entry(
        name=name,
        root=root,
        folder=folder if folder == "." else _safe(folder, f"{where}.folder"),
        official=value["official"] == "true",
        note=value.get("note", ""),
        licence=value["licence"],
        files=_checksums(value["files"], f"{where}.files"),
        members=_checksums(value.get("members", {}), f"{where}.members"),
    )


def _checksums(value: dict[str, dict[str, str]], where: str) -> dict[str, Checksum]:
    found = {}
    for name, digests in value.items():
        algorithm = next(known for known in DIGITS if known in digests)
        found[_safe(name, where)] = Checksum(algorithm, digests[algorithm].lower())
    return found


def _safe(name: str, where: str) -> str:
    """`name`, if it is a relative path that stays below the folder it is relative to."""
    path = PurePosixPath(name)
    bad = not name or path.is_absolute() or ".." in path.parts or path == PurePosixPath(".")
    if bad or "\\" in name or not name.isprintable():
        raise UserError(
            f"{where}: {_shown(name)} is not a path inside the mirror; allowed: relative paths"
            " without '..'; correct it"
        )
    return name


def _shown(value: Any) -> str:
    text = repr(value) if value else "empty"
    return text if len(text) <= 60 else text[:57] + "…"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); fix the mirror") from None
