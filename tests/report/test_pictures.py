"""A picture is what its content is, and a damaged one is refused before any job."""

import pytest
from PIL import Image

from proofsheet.report.pictures import picture_suffix
from user_errors import refused

KINDS = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}
SVG = '<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg" width="9"/>\n'


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_that_of_the_content(tmp_path, kind):
    path = tmp_path / "a.png"
    Image.new("RGB", (4, 3)).save(path, format=kind)
    assert picture_suffix(path) == KINDS[kind]


def test_an_svg_is_recognized_by_its_root(tmp_path):
    path = tmp_path / "a.png"
    path.write_text(SVG)
    assert picture_suffix(path) == ".svg"


@pytest.mark.parametrize(
    "body",
    [b"", b"words", b"<html></html>", b"%PDF-1.7", b"BM\x00\x00", b"RIFF\x00\x00\x00\x00WAVE"],
)
def test_what_is_no_picture_is_refused(tmp_path, body):
    path = tmp_path / "a.png"
    path.write_bytes(body)
    refused("is not a picture", picture_suffix, path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "svg"])
def test_a_picture_that_is_cut_short_is_refused(tmp_path, kind):
    path = tmp_path / "a.png"
    if kind == "svg":
        path.write_text(SVG.replace("/>", "><g>"))
    else:
        Image.effect_noise((64, 64), 50).save(path, format=kind)
        path.write_bytes(path.read_bytes()[:-200])
    refused(r"is (a damaged|not a) picture", picture_suffix, path)
