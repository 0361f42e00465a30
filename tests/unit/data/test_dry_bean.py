"""UCI Dry Bean from its three sources, and what is refused of each."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data import dry_bean
from proofsheet.data.bean_features import DEFINITIONS, FEATURE_NAMES, MEASURED, derived
from proofsheet.data.sources.mirror import read_mirror
from proofsheet.jobs.errors import UserError
from unit.data.support import (
    Answer,
    Columns,
    Server,
    as_csv,
    as_workbook,
    sha256,
    uci,
    write_manifest,
)

# --- what every table must be -------------------------------------------------------------------


def test_a_whole_table_becomes_arrays(columns: Columns) -> None:
    shuffled = {name: columns[name] for name in sorted(columns)}
    x, y = dry_bean.verified_table(shuffled, "here")
    assert (x.shape, x.dtype, y.dtype) == ((678, 16), np.float64, np.int64)
    for j, name in enumerate(FEATURE_NAMES):
        np.testing.assert_array_equal(x[:, j], columns[name])
    assert [dry_bean.INFO.class_names[label] for label in y] == columns["Class"]


def test_names_are_one_set_whatever_the_source_calls_them(columns: Columns) -> None:
    columns["AspectRation"] = columns.pop("AspectRatio")
    columns["roundness"] = columns.pop("Roundness")
    columns["Class"] = [name.capitalize() for name in columns["Class"]]
    x, y = dry_bean.verified_table(columns, "here")
    np.testing.assert_array_equal(x[:, FEATURE_NAMES.index("AspectRatio")], columns["AspectRation"])
    assert Counter(y.tolist()) == dict(enumerate(dry_bean.COUNTS.values()))


@pytest.mark.parametrize("cell", [None, float("nan"), float("inf"), "12", "#DIV/0!", True, 0, -3.0])
def test_a_cell_that_is_no_positive_number_is_told_with_its_place(columns: Columns, cell) -> None:
    columns["Perimeter"][41] = cell
    with pytest.raises(ValueError, match=r"here: line 43 has .* for Perimeter where a positive"):
        dry_bean.verified_table(columns, "here")


@pytest.mark.parametrize("label", ["KIDNEY", "", None, 3])
def test_an_unknown_variety_is_told_with_its_place(columns: Columns, label) -> None:
    columns["Class"][7] = label
    with pytest.raises(ValueError, match=r"here: line 9 has .* for Class where one of BARBUNYA,"):
        dry_bean.verified_table(columns, "here")


def test_columns_that_lack_or_are_too_many_are_told(columns: Columns) -> None:
    columns["Colour"] = columns.pop("Extent")
    with pytest.raises(ValueError, match=r"missing: Extent; unknown: Colour"):
        dry_bean.verified_table(columns, "here")


def test_rows_that_lack_are_told(columns: Columns) -> None:
    short = {name: cells[:-100] for name, cells in columns.items()}
    with pytest.raises(ValueError, match=r"578 beans .*SIRA 31\) where 678 "):
        dry_bean.verified_table(short, "here")


@pytest.mark.parametrize("name", [*DEFINITIONS, "Area", "Perimeter", "MinorAxisLength", "Extent"])
def test_a_number_that_does_not_fit_the_others_is_told(columns: Columns, name: str) -> None:
    columns[name][100] *= 2 if name == "Extent" else 1.01
    with pytest.raises(ValueError, match="here: line 102 has"):
        dry_bean.verified_table(columns, "here")


# --- official: ucimlrepo against a server that answers as the real one does --------------------


def ask(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PROOFSHEET_UCI_URL", server.url)
    return dry_bean.official(tmp_path)


def test_the_client_gets_the_data(
    server: Server, columns: Columns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = [uci(server, as_csv(columns))]
    found = ask(server, monkeypatch, tmp_path)
    assert server.asked == ["/api/dataset?id=602", "/static/public/602/data.csv"]
    np.testing.assert_array_equal(found.arrays["x"][:, 0], columns["Area"])
    assert found.official
    assert len(found.files[0]["sha256"]) == 64
    assert found.files[0]["bytes"] > 100_000


def test_the_client_asks_the_repository_itself_without_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import ucimlrepo.fetch as client

    monkeypatch.delenv("PROOFSHEET_UCI_URL")
    assert f"{dry_bean.official_host()}/api/dataset" == client.API_BASE_URL


TROUBLES = {
    "error": (Answer(status=500), "Error reading data csv"),
    "truncated": (None, "IncompleteRead"),
    "cut at a line": (None, "beans"),
    "a page to log in": (b"<html><body>please log in</body></html>", "Error reading data csv"),
    "wrong bytes": (None, "line 2 has"),
    "silence": (Answer(b"", announced=100, delay=30), "timed out"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_tried_again_and_then_told(
    server: Server,
    columns: Columns,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    table, told = TROUBLES[trouble]
    text = as_csv(columns)
    if trouble == "truncated":
        table = Answer(text[: len(text) // 2], announced=len(text))
    elif trouble == "cut at a line":
        table = text[: text.index(b"\n", len(text) // 2) + 1]
    elif trouble == "wrong bytes":
        columns["Area"][0] += 7000
        table = as_csv(columns)
    monkeypatch.setattr(dry_bean, "SILENCE", 0.3)
    server.script = [uci(server, table)]
    with pytest.raises(UserError, match=told) as caught:
        ask(server, monkeypatch, tmp_path)
    assert "\n" not in str(caught.value)
    for part in ("id 602", server.url, "3 attempts", "data.mirror"):
        assert part in str(caught.value)
    assert len(server.asked) == 6
    assert list(tmp_path.iterdir()) == []


def test_the_third_attempt_may_succeed(
    server: Server, columns: Columns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = [Answer(status=500), Answer(b"no json"), uci(server, as_csv(columns))]
    assert ask(server, monkeypatch, tmp_path).arrays["x"].shape == (678, 16)


def test_a_server_that_drips_is_left(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = [Answer(b"{", announced=100, linger=30)]
    monkeypatch.setattr(dry_bean, "DEADLINE", 0.3)
    start = time.monotonic()
    with pytest.raises(UserError, match=r"no answer within 0\.3 seconds"):
        ask(server, monkeypatch, tmp_path)
    assert time.monotonic() - start < 10


# --- mirror: the workbook -----------------------------------------------------------------------


def in_mirror(workbook: Path, root: Path) -> Path:
    """A mirror that holds just this workbook, with its checksum."""
    target = root / "dry_bean" / dry_bean.WORKBOOK
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(workbook.read_bytes())
    return write_manifest(root, {dry_bean.WORKBOOK: sha256(target)})


def read(root: Path):
    return dry_bean.mirror(read_mirror(root)["dry_bean"], root)


def test_the_workbook_becomes_arrays(
    whole_workbook: Path, bean_columns: Columns, tmp_path: Path
) -> None:
    found = read(in_mirror(whole_workbook, tmp_path))
    for name in ("AspectRatio", "Roundness"):
        np.testing.assert_allclose(  # a workbook holds 16 digits
            found.arrays["x"][:, FEATURE_NAMES.index(name)], bean_columns[name], rtol=1e-14
        )
    assert (found.official, found.note) == (False, "made by a test")
    assert found.files[0]["sha256"] == sha256(whole_workbook)


def test_a_workbook_with_other_bytes_is_refused(whole_workbook: Path, tmp_path: Path) -> None:
    root = in_mirror(whole_workbook, tmp_path)
    path = root / "dry_bean" / dry_bean.WORKBOOK
    body = path.read_bytes()
    for damaged in (body[: len(body) // 2], body[:5000] + b"\x00" + body[5001:]):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match=r"xlsx is damaged: expected sha256 .*, found .*again"):
            read(root)


@pytest.mark.parametrize("damage", ["truncated", "not a zip", "empty"])
def test_a_workbook_that_is_none_is_refused_though_it_is_listed(
    whole_workbook: Path, tmp_path: Path, damage: str
) -> None:
    body = whole_workbook.read_bytes()
    bodies = {"truncated": body[: len(body) // 2], "not a zip": b"Area,Perimeter", "empty": b""}
    workbook = tmp_path / "damaged.xlsx"
    workbook.write_bytes(bodies[damage])
    with pytest.raises(UserError, match="is not a readable workbook") as caught:
        read(in_mirror(workbook, tmp_path))
    assert dry_bean.WORKBOOK in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_sheet_is_told(columns: Columns, tmp_path: Path) -> None:
    few = {name: cells[:3] for name, cells in columns.items()}
    workbook = as_workbook(few, tmp_path / "other.xlsx", sheet="Beans")
    with pytest.raises(UserError, match=r"no sheet 'Dry_Beans_Dataset' \(it has: Beans\)"):
        read(in_mirror(workbook, tmp_path))


@pytest.mark.parametrize(
    ("name", "cell", "told"),
    [
        ("Extent", None, "line 4 has nothing for Extent"),
        ("Class", "PINTO", "line 4 has 'PINTO' for Class"),
        ("Area", "many", "line 4 has 'many' for Area"),
    ],
)
def test_cells_of_a_workbook_are_verified(
    columns: Columns, tmp_path: Path, name: str, cell, told: str
) -> None:
    few = {key: cells[:5] for key, cells in columns.items()}
    few[name][2] = cell
    workbook = as_workbook(few, tmp_path / "few.xlsx")
    with pytest.raises(UserError, match=told):
        read(in_mirror(workbook, tmp_path))


# --- the real workbook --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(mirror: Path) -> dict[str, np.ndarray]:
    found = dry_bean.mirror(read_mirror(mirror)["dry_bean"], mirror)
    return dict(found.arrays)


@pytest.mark.mirror
@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_holds_on_every_real_bean(real: dict[str, np.ndarray], name: str) -> None:
    columns = dict(zip(FEATURE_NAMES, real["x"].T, strict=True))
    expected = derived({key: columns[key] for key in MEASURED})[name]
    np.testing.assert_allclose(columns[name], expected, rtol=1e-14)


@pytest.mark.mirror
def test_the_second_shape_factor_is_not_minor_axis_by_area(real: dict[str, np.ndarray]) -> None:
    columns = dict(zip(FEATURE_NAMES, real["x"].T, strict=True))
    stated = columns["MinorAxisLength"] / columns["Area"]
    assert not np.isclose(columns["ShapeFactor2"], stated, rtol=0.1).any()


@pytest.mark.mirror
def test_the_real_beans_are_as_published(real: dict[str, np.ndarray]) -> None:
    assert real["x"].shape == (13611, 16)
    assert len(np.unique(np.column_stack([real["x"], real["y"]]), axis=0)) == 13611 - 68
