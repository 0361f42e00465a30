"""Read the configuration, check it against its schema, fill in defaults.

Each mistake is reported in one line with the key, the value and what is allowed.
"""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from snakemake.utils import update_config

from proofsheet.jobs.errors import UserError
from proofsheet.learning.transfer_strategy import strategy_of
from proofsheet.planning.letters import check_letters
from proofsheet.report.pictures import ALLOWED, picture_suffix

SCHEMA = Path("workflow/schemas/config.schema.yaml")
# JSON has no whole numbers apart from others, so its schemas take 96.0 for one; range() does not.
_Validator = validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # in C it is four times as fast
    """Of two equal keys YAML's loaders keep the last one; this one refuses them."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                name, line = (key.tag, key.value), key.start_mark.line + 1
                if name in lines:
                    raise UserError(
                        f"{line}: the key {key.value!r} is also on line {lines[name]}; keep one"
                    )
                lines[name] = line
        return super().construct_mapping(node, deep)


_TYPES = {dict: "a mapping", list: "a list", str: "a text", bool: "a truth value", int: "a number"}
_WANTED = {"object": "a mapping of keys", "string": "a text in quotes"}


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file.

    Raises:
        UserError: it is missing, not UTF-8 or not YAML, or has a key twice; the line is named.
    """
    path = Path(path)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except UserError as error:
        raise UserError(f"{path}:{error}") from None
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except (IsADirectoryError, PermissionError) as error:
        raise UserError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UserError(f"{where} is not YAML: {what}") from None


def read_config(path: str | Path) -> dict[str, Any]:
    """Read a configuration file without checking its keys.

    Raises:
        UserError: as `read_yaml`, and where the file holds no keys.
    """
    config = read_yaml(path)
    if not isinstance(config, Mapping):
        raise UserError(
            f"{path} is {_shown(config)}; allowed: keys with values, such as `device: auto`"
        )
    return dict(config)


def name_source(
    error: UserError,
    layers: Mapping[str, Mapping[str, Any]],
    check: Callable[[dict[str, Any]], Any],
) -> str:
    """The message of `error`, naming the file or option that causes it instead of config.yaml.

    Args:
        layers: the files and options of the configuration by name; later ones override earlier.
    """
    config: dict[str, Any] = {}
    for name, values in layers.items():
        update_config(config, deepcopy(dict(values)))
        try:
            check(deepcopy(config))
        except UserError as found:
            if str(found) == str(error):
                return str(error).replace("config.yaml:", f"{name}:", 1)
    return str(error)


def known_sets(report: str | Path = "report") -> dict[str, dict[str, Any]]:
    """The problem sets that exist: every folder of `report` with a `set.yaml`, by its name."""
    sets = {path.parent.name: read_yaml(path) for path in sorted(Path(report).glob("*/set.yaml"))}
    for name, entry in sets.items():
        path = Path(report, name, "set.yaml")
        needed = {"title", "course", "short", "hand_in", "problems"}
        missing = sorted(needed - set(entry if isinstance(entry, Mapping) else ()))
        if missing or not isinstance(entry["problems"], Mapping) or not entry["problems"]:
            raise UserError(
                f"{path} has no {missing[0] if missing else 'problem under `problems`'}; needed:"
                " title, course, short, hand_in and problems, as `make problem` writes them"
            )
    _check_folders(sets, Path(report))
    return sets


def _check_folders(sets: Mapping[str, Mapping[str, Any]], report: Path) -> None:
    """Every problem of a `set.yaml` has a folder with a `solve.py`, and every folder its entry."""
    folder = report.parent / "workflow/problems"
    listed = {folder / name / problem for name in sets for problem in sets[name]["problems"]}
    present = {path.parent for path in folder.glob("*/*/solve.py")}
    for path in sorted(listed - present):
        raise UserError(
            f"{report / path.parent.name}/set.yaml lists the problem {path.name}, but"
            f" {path}/solve.py does not exist; write it, or remove the problem from set.yaml"
        )
    for path in sorted(present - listed):
        raise UserError(
            f"{path}/solve.py is a problem that {report / path.parent.name}/set.yaml does not"
            " list; add it under `problems`, as `make problem` does, or remove the folder"
        )


def checked(config: Mapping[str, Any], root: str | Path = ".") -> dict[str, Any]:
    """The configuration with every default filled in.

    Raises:
        UserError: an unknown key, a wrong type or value, an unknown set or problem, an invalid
            transfer strategy, a mirror that does not exist, a picture that cannot be shown, a
            letter that no font here has.
    """
    root = Path(root)
    _check_written(config, [])
    schema = read_yaml(root / SCHEMA)
    errors = sorted(_Validator(schema).iter_errors(config), key=lambda e: [str(p) for p in e.path])
    if errors:
        raise UserError(f"config.yaml: {_sentence(errors[0])}")
    config = _with_defaults(config, schema)
    sets = known_sets(root / "report")
    for name in config["sets"]:
        _known(name, sets, "sets", "a set")
    for name, problems in config["acknowledgements"].items():
        _known(name, sets, "acknowledgements", "a set")
        for problem, entry in problems.items():
            key = _dotted(["acknowledgements", name])
            _known(problem, sets[name]["problems"], key, "a problem")
            for image in entry["images"]:
                where = f"config.yaml: {key}.{problem}.images: {image!r}"
                if not (root / image).resolve().is_relative_to(root.resolve()):
                    raise UserError(f"{where} is outside the project's folder; {ALLOWED}")
                if not (root / image).is_file():
                    raise UserError(f"{where} does not exist; {ALLOWED}")
                try:
                    picture_suffix(root / image)
                except UserError as error:
                    raise UserError(f"{where} {error}") from None
    check_letters(config)
    for name, entry in config["transfer"]["strategies"].items():
        strategy_of(name, entry)
    config["data"]["mirror"] = _mirror(config["data"], root)
    return config


def _check_written(value: Any, path: list[Any]) -> None:
    """Refuse what the schema cannot see: keys that YAML does not read as text, and `.nan`."""
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"config.yaml: {_dotted(path)} is {value}; allowed: a finite number")
    if isinstance(value, Mapping):
        for key, entry in value.items():
            if not isinstance(key, str):
                where = f" in {_dotted(path)}" if path else ""
                raise UserError(
                    f"config.yaml: the key {_shown(key)}{where} is not text (YAML reads 1, no and"
                    f" null as other things); write it in quotes: '{key}'"
                )
            _check_written(entry, [*path, key])
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            _check_written(entry, [*path, index])


def _mirror(data: Mapping[str, str], root: Path) -> str:
    """The mirror's folder, or '' where none is used; from the environment if not configured."""
    key = "config.yaml: data.mirror" if data["mirror"] else "PROOFSHEET_MIRROR"
    mirror = data["mirror"] or os.environ.get("PROOFSHEET_MIRROR", "")
    mirror = os.path.expandvars(os.path.expanduser(mirror))
    if data["source"] in ("official", "standin"):
        return ""
    if not mirror:
        if data["source"] == "mirror":
            raise UserError(
                "config.yaml: data.source is 'mirror', but data.mirror is empty and"
                " PROOFSHEET_MIRROR is not set; name a folder that holds a manifest.yaml"
            )
        return ""
    folder, wrong = root / mirror, ""
    try:
        if not folder.exists():
            wrong = "does not exist"
        elif not folder.is_dir():
            wrong = "is a file"
        elif not (folder / "manifest.yaml").is_file():
            wrong = "has no manifest.yaml"
    except OSError as error:
        wrong = f"cannot be read ({error.strerror})"
    if wrong:
        raise UserError(
            f"{key} is {mirror!r}, which {wrong};"
            " allowed: a folder that holds a manifest.yaml, or nothing"
        )
    return mirror


def _known(name: str, allowed: Iterable[str], key: str, kind: str) -> None:
    if name not in allowed:
        raise UserError(
            f"config.yaml: {key}: {name!r} is not {kind}{_meant(name, allowed)};"
            f" allowed: {', '.join(allowed)}"
        )


def _meant(name: str, allowed: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(allowed), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def _sentence(error: ValidationError) -> str:
    """Key, value and what is allowed, from an error of the schema."""
    key = _dotted(error.path)
    schema = error.schema
    if error.validator == "additionalProperties":
        allowed = list(schema["properties"])
        unknown = next(name for name in error.instance if name not in allowed)
        full = _dotted([*error.path, unknown])
        return f"unknown key {full}{_meant(str(unknown), allowed)}; allowed: {', '.join(allowed)}"
    found = _shown(error.instance)
    kind = _TYPES.get(type(error.instance), "")
    note = f" ({kind})" if error.validator == "type" and kind else ""
    # Snakemake hands numbers and truth values inside --config on as texts.
    if note and isinstance(error.instance, str) and _read_by_yaml(error.instance):
        note = " (a text, as every number inside --config; --configfile takes a file)"
    if "enum" in schema:
        allowed = ", ".join(schema["enum"])
    elif error.validator == "type" and str(schema["type"]) in _WANTED:  # it may be a list
        allowed = f"{_WANTED[schema['type']]}: {schema['description']}"
    else:
        allowed = schema["description"]
    return f"{key or 'the file'} is {found}{note}; allowed: {allowed}"


def _read_by_yaml(text: str) -> bool:
    """Would YAML read a number or a truth value?"""
    try:
        return isinstance(yaml.safe_load(text), bool | int | float)
    except yaml.YAMLError:
        return False


def _shown(value: Any) -> str:
    text = "empty" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _dotted(path: Iterable[Any]) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + _name(part)
    return text


def _name(key: Any) -> str:
    """A key as it is, or quoted where that would not read as one word."""
    return str(key) if str(key).replace("_", "").isalnum() else repr(key)


def _with_defaults(value: Any, schema: Mapping[str, Any]) -> Any:
    """`value` with the defaults of `schema`, at every depth."""
    value = deepcopy(value)
    if not isinstance(value, Mapping):
        return value
    for key, entry in schema.get("properties", {}).items():
        if "default" in entry:
            value.setdefault(key, deepcopy(entry["default"]))
    extra = schema.get("additionalProperties")
    for key in value:
        entry = schema.get("properties", {}).get(key, extra)
        if isinstance(entry, Mapping):
            value[key] = _with_defaults(value[key], entry)
    return value
