"""CIFAR's pickles: read where they hold arrays, refused where they would act."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data.cifar_batches import read_images, read_names
from unit.data.batches import Calls, pickled, planes


def batch(tmp_path: Path, content) -> Path:
    path = tmp_path / "batch"
    path.write_bytes(content if isinstance(content, bytes) else pickled(content))
    return path


def test_a_batch_holds_the_colors_one_after_the_other(tmp_path):
    data = np.random.default_rng(0).integers(0, 256, (3, 3072), dtype=np.uint8)
    x, y = read_images([batch(tmp_path, {"data": data, "labels": [2, 0, 1]})] * 2, "labels")
    assert (x.shape, x.dtype, y.dtype) == ((6, 32, 32, 3), np.uint8, np.int64)
    assert y.tolist() == [2, 0, 1] * 2
    for row, column, color in ((0, 0, 0), (5, 31, 1), (31, 7, 2)):
        place = 1024 * color + 32 * row + column
        np.testing.assert_array_equal(x[:3, row, column, color], data[:, place])


def test_a_batch_of_a_newer_python_is_read_too(tmp_path):
    data = np.arange(3072, dtype=np.uint16).astype(np.uint8)[None]
    path = batch(tmp_path, pickle.dumps({"data": data, "labels": [0]}, protocol=3))
    np.testing.assert_array_equal(planes(read_images([path], "labels")[0]), data)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("where", ["alone", "as the labels", "in the data"])
def test_a_pickle_that_calls_something_is_refused_before_it_does(tmp_path, protocol, where):
    trace = tmp_path / "it was called"
    call = Calls(Path.touch, trace)
    content = {
        "alone": call,
        "as the labels": {"data": np.zeros((1, 3072), np.uint8), "labels": call},
        "in the data": {"data": np.array([call], dtype=object), "labels": [0]},
    }[where]
    body = pickle.dumps(content, protocol)
    pickle.loads(body)
    assert trace.exists()  # the payload works, where it is let
    trace.unlink()
    with pytest.raises(ValueError, match=r"is not a readable batch .it asks for .* no batch needs"):
        read_images([batch(tmp_path, body)], "labels")
    assert not trace.exists()


@pytest.mark.parametrize(
    "name",
    ["os.system", "builtins.eval", "builtins.getattr", "subprocess.Popen", "_codecs.encode",
     "numpy.load", "numpy.core.multiarray.scalar", "numpy.ndarray.dump", "pickle.loads"],
)  # fmt: skip
def test_no_name_but_those_of_arrays_is_given_out(tmp_path, name):
    module, _, function = name.rpartition(".")
    body = f"c{module}\n{function}\n(S'echo'\ntR.".encode()
    with pytest.raises(ValueError, match=f"it asks for {name}, which no batch needs"):
        read_images([batch(tmp_path, body)], "labels")


def test_a_dotted_name_leads_nowhere(tmp_path):
    body = b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93."
    with pytest.raises(ValueError, match=r"it asks for numpy.ndarray.tofile"):
        read_images([batch(tmp_path, body)], "labels")


ONE = np.zeros((1, 3072), np.uint8)
DAMAGED = {
    "empty": (b"", "is not a readable batch .Ran out of input"),
    "cut": (pickled({"data": ONE, "labels": [0]})[:-100], "is not a readable batch"),
    "a page": (b"<html>please log in</html>", "is not a readable batch"),
    "outside": (b"Pone\n.", "refers to something outside the file"),
    "a list": ([1], "holds list where a dictionary is expected"),
    "no data": ({"labels": [0]}, "has no 'data' .it has: labels"),
    "no labels": ({"data": ONE, "fine_labels": [0]}, "has no 'labels' .it has: data, fine_labels"),
    "larger images": ({"data": np.zeros((1, 4096), np.uint8), "labels": [0]}, r"\(1, 4096\) uint8"),
    "floats": ({"data": ONE.astype(float), "labels": [0]}, r"'data' is \(1, 3072\) float64, expec"),
    "images": ({"data": ONE.reshape(1, 3, 32, 32), "labels": [0]}, r"'data' is \(1, 3, 32, 32\)"),
    "a text": ({"data": "0", "labels": [0]}, r"'data' is str, expected \(n, 3072\) uint8"),
    "two labels": ({"data": ONE, "labels": [0, 0]}, "'labels' is not a list of 1 whole numbers"),
    "a label's name": ({"data": ONE, "labels": ["cat"]}, "'labels' is not a list of 1 whole"),
    "a label that is true": ({"data": ONE, "labels": [True]}, "'labels' is not a list of 1 whole"),
    "a huge label": ({"data": ONE, "labels": [2**70]}, "'labels' is not a list of 1 whole"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_batch_of_another_shape_is_refused(tmp_path, damage):
    content, told = DAMAGED[damage]
    with pytest.raises(ValueError, match=told) as caught:
        read_images([batch(tmp_path, content)], "labels")
    assert str(caught.value).startswith(str(tmp_path / "batch"))
    assert "\n" not in str(caught.value)


def test_names_that_are_none_are_refused(tmp_path):
    assert read_names(batch(tmp_path, {"names": ["a", "b"]}), "names") == ("a", "b")
    for names in ("ab", [1, 2]):
        with pytest.raises(ValueError, match="'names' is not a list of names"):
            read_names(batch(tmp_path, {"names": names}), "names")
