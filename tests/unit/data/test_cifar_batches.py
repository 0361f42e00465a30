"""CIFAR's pickles: read where they hold arrays, refused where they would act."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data.cifar_batches import SIZE, read_images, read_names
from proofsheet.data.publisher_splits import verified_images
from unit.data.batches import Calls, pickled, planes


def batch(tmp_path: Path, content) -> Path:
    path = tmp_path / "batch"
    path.write_bytes(content if isinstance(content, bytes) else pickled(content))
    return path


def test_a_batch_holds_the_colors_one_after_the_other(tmp_path):
    data = np.random.default_rng(0).integers(0, 256, (3, 3072), dtype=np.uint8)
    x, y = read_images([batch(tmp_path, {"data": data, "labels": [2, 0, 1]})] * 2, "labels")
    assert (x.shape, x.dtype) == ((6, 32, 32, 3), np.uint8)
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
    "a page": (b"<html>please log in</html>", "is not a readable batch"),
    "outside": (b"Pone\n.", "refers to something outside the file"),
    "a list": ([1], "is not a readable batch"),
    "no data": ({"labels": [0]}, "is not a readable batch .'data'"),
    "no labels": ({"data": ONE, "fine_labels": [0]}, "is not a readable batch .'labels'"),
    "larger images": ({"data": np.zeros((1, 4096), np.uint8), "labels": [0]}, "cannot reshape"),
    "a text": ({"data": "0", "labels": [0]}, "'str' object has no attribute"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_batch_of_another_shape_is_refused(tmp_path, damage):
    content, told = DAMAGED[damage]
    with pytest.raises(ValueError, match=told) as caught:
        read_images([batch(tmp_path, content)], "labels")
    assert str(caught.value).startswith(str(tmp_path / "batch"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        {"data": ONE.astype(float), "labels": [0]}, {"data": ONE, "labels": [0, 0]},
        {"data": ONE, "labels": ["cat"]}, {"data": ONE, "labels": [True]},
        {"data": ONE, "labels": [2**70]}, {"data": ONE, "labels": 3},
    ],
)  # fmt: skip
def test_what_is_no_image_with_its_label_is_refused_with_the_rest(tmp_path, content):
    with pytest.raises(ValueError, match="here: "):
        verified_images(*read_images([batch(tmp_path, content)], "labels"), SIZE, [1], "here")


def test_the_names_of_the_classes_are_a_list(tmp_path):
    assert read_names(batch(tmp_path, {"names": ["a", "b"]}), "names") == ("a", "b")
    with pytest.raises(ValueError, match="is not a readable batch"):
        read_names(batch(tmp_path, {"names": 2}), "names")
