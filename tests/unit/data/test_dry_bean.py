"""UCI Dry Bean from its three sources, and what is refused of each."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data import dry_bean
from proofsheet.data.bean_features import DEFINITIONS, FEATURE_NAMES, MEASURED, derived
from proofsheet.data.sources import client
from proofsheet.data.sources.mirror import read_mirror
from unit.data.images import gives_up, mirror_of
from unit.data.support import Answer, Server, as_csv, as_workbook, sha256, uci
from user_errors import refused


def test_a_whole_table_becomes_arrays(columns):
    shuffled = {name: columns[name] for name in sorted(columns)}
    x, y = dry_bean.verified_table(shuffled, "here").values()
    assert (x.shape, x.dtype, y.dtype) == ((678, 16), np.float64, np.int64)
    for j, name in enumerate(FEATURE_NAMES):
        np.testing.assert_array_equal(x[:, j], columns[name])
    assert [dry_bean.INFO.class_names[label] for label in y] == columns["Class"]


def test_names_are_one_set_whatever_the_source_calls_them(columns):
    columns["AspectRation"] = columns.pop("AspectRatio")
    columns["roundness"] = columns.pop("Roundness")
    columns["Class"] = [name.capitalize() for name in columns["Class"]]
    x, y = dry_bean.verified_table(columns, "here").values()
    np.testing.assert_array_equal(x[:, FEATURE_NAMES.index("AspectRatio")], columns["AspectRation"])
    assert Counter(y.tolist()) == dict(enumerate(dry_bean.COUNTS.values()))


@pytest.mark.parametrize("cell", [None, float("nan"), float("inf"), "12", "#DIV/0!", True, 0, -3.0])
def test_a_cell_that_is_no_positive_number_is_told_with_its_place(columns, cell):
    columns["Perimeter"][41] = cell
    with pytest.raises(ValueError, match=r"here: line 43 has .* for Perimeter where a positive"):
        dry_bean.verified_table(columns, "here")


@pytest.mark.parametrize("label", ["KIDNEY", "", None, 3])
def test_an_unknown_variety_is_told_with_its_place(columns, label):
    columns["Class"][7] = label
    with pytest.raises(ValueError, match=r"here: line 9 has .* for Class where one of BARBUNYA,"):
        dry_bean.verified_table(columns, "here")


def test_columns_that_lack_or_are_too_many_are_told(columns):
    columns["Colour"] = columns.pop("Extent")
    with pytest.raises(ValueError, match=r"missing: Extent; unknown: Colour"):
        dry_bean.verified_table(columns, "here")
    columns["Extent"] = columns.pop("Colour")
    del columns["Class"]
    with pytest.raises(ValueError, match="missing: Class"):
        dry_bean.verified_table(columns, "here")


def test_rows_that_lack_are_told(columns):
    for count, told in ((578, r"578 beans .*SIRA 31\) where 678 "), (0, "0 beans|are expected")):
        short = {name: cells[:count] for name, cells in columns.items()}
        with pytest.raises(ValueError, match=told):
            dry_bean.verified_table(short, "here")


@pytest.mark.parametrize("name", [*DEFINITIONS, "Area", "Perimeter", "MinorAxisLength", "Extent"])
def test_a_number_that_does_not_fit_the_others_is_told(columns, name):
    columns[name][100] *= 2 if name == "Extent" else 1.01
    with pytest.raises(ValueError, match="here: line 102 has"):
        dry_bean.verified_table(columns, "here")


def ask(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(dry_bean, "HOST", server.url)
    return dry_bean.official(tmp_path)


def test_the_client_gets_the_data(server, columns, tmp_path, monkeypatch):
    server.script = [uci(server, as_csv(columns))]
    found = ask(server, monkeypatch, tmp_path)
    assert server.asked == ["/api/dataset?id=602", "/static/public/602/data.csv"]
    np.testing.assert_array_equal(found.arrays["x"][:, 0], columns["Area"])
    assert found.official
    assert len(found.files[0]["sha256"]) == 64
    assert found.files[0]["bytes"] > 100_000


def test_the_client_asks_the_repository_itself_without_the_variable(monkeypatch):
    import ucimlrepo.fetch as client

    monkeypatch.undo()
    assert f"{dry_bean.HOST}/api/dataset" == client.API_BASE_URL


TROUBLES = {
    "error": (Answer(status=500), "Error reading data csv"),
    "truncated": (None, "IncompleteRead"),
    "cut at a line": (None, "beans"),
    "a page to log in": (b"<html><body>please log in</body></html>", "Error reading data csv"),
    "wrong bytes": (None, "line 2 has"),
    "silence": (Answer(b"", announced=100, delay=30), "timed out"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_tried_again_and_then_told(server, columns, tmp_path, monkeypatch, trouble):
    table, told = TROUBLES[trouble]
    text = as_csv(columns)
    if trouble == "truncated":
        table = Answer(text[: len(text) // 2], announced=len(text))
    elif trouble == "cut at a line":
        table = text[: text.index(b"\n", len(text) // 2) + 1]
    elif trouble == "wrong bytes":
        columns["Area"][0] += 7000
        table = as_csv(columns)
    monkeypatch.setattr(client, "SILENCE", 0.3 if trouble == "silence" else 9)
    server.script = [uci(server, table)]
    gives_up(told, server, lambda: ask(server, monkeypatch, tmp_path), "id 602")
    assert len(server.asked) == 6
    assert list(tmp_path.iterdir()) == []


def in_mirror(workbook: Path, root: Path) -> Path:
    """A mirror that holds just this workbook, with its checksum."""
    return mirror_of(root, "dry_bean", {dry_bean.WORKBOOK: workbook.read_bytes()})


def read(root: Path):
    return dry_bean.mirror(read_mirror(root)["dry_bean"], root)


def test_the_workbook_becomes_arrays(whole_workbook, bean_columns, tmp_path):
    found = read(in_mirror(whole_workbook, tmp_path))
    for name in ("AspectRatio", "Roundness"):
        np.testing.assert_allclose(  # a workbook holds 16 digits
            found.arrays["x"][:, FEATURE_NAMES.index(name)], bean_columns[name], rtol=1e-14
        )
    assert found.official
    assert found.files[0]["sha256"] == sha256(whole_workbook)


@pytest.mark.parametrize("damage", ["truncated", "not a zip", "empty"])
def test_a_workbook_that_is_none_is_refused_though_it_is_listed(whole_workbook, tmp_path, damage):
    body = whole_workbook.read_bytes()
    bodies = {"truncated": body[: len(body) // 2], "not a zip": b"Area,Perimeter", "empty": b""}
    workbook = tmp_path / "damaged.xlsx"
    workbook.write_bytes(bodies[damage])
    told = refused("is not a readable workbook", read, in_mirror(workbook, tmp_path))
    assert dry_bean.WORKBOOK in told


def test_another_sheet_and_a_bad_cell_are_told(columns, tmp_path):
    few = {name: cells[:5] for name, cells in columns.items()}
    few["Extent"][2] = None
    for sheet, told in (
        ("Beans", r"Worksheet named 'Dry_Beans_Dataset' not found"),
        (dry_bean.SHEET, "line 4 has nothing for Extent"),
    ):
        workbook = as_workbook(few, tmp_path / "few.xlsx", sheet)
        refused(told, read, in_mirror(workbook, tmp_path))


@pytest.mark.mirror
def test_the_definitions_hold_on_every_real_bean(mirror):
    x = dry_bean.mirror(read_mirror(mirror)["dry_bean"], mirror).arrays["x"]
    columns = dict(zip(FEATURE_NAMES, x.T, strict=True))
    expected = derived({name: columns[name] for name in MEASURED})
    for name in DEFINITIONS:
        np.testing.assert_allclose(columns[name], expected[name], rtol=1e-14, err_msg=name)
    # Not minor axis by area, as the second shape factor is often stated.
    stated = columns["MinorAxisLength"] / columns["Area"]
    assert not np.isclose(columns["ShapeFactor2"], stated, rtol=0.1).any()
