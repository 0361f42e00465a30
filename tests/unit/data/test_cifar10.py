"""CIFAR-10 and CIFAR-100 from their three sources, how they are divided, and what is refused."""

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data import cifar, cifar10, load
from proofsheet.data.cifar10 import CIFAR10
from proofsheet.data.cifar100 import CIFAR100
from proofsheet.data.contract import Found
from proofsheet.data.prepare import prepare
from proofsheet.data.sources.mirror import read_mirror
from unit.data.batches import Calls, members_of, pickled, small, tar
from unit.data.images import mirror_of, serving
from user_errors import refused

TINY = {"cifar10": small(CIFAR10, 20, 4), "cifar100": small(CIFAR100, 3, 2)}
BATCH = "cifar-10-batches-py/data_batch_3"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """A host where nothing listens."""
    monkeypatch.setattr(cifar, "HOST", "http://127.0.0.1:9/")
    monkeypatch.setattr(cifar10, "HOST", "http://127.0.0.1:9/")


@pytest.fixture(scope="module")
def contents():
    """By dataset: the files of its archive, and images and labels of its parts."""
    return {name: members_of(dataset) for name, dataset in TINY.items()}


@pytest.fixture(scope="module")
def files(contents) -> dict[str, bytes]:
    return contents["cifar10"][0]


@pytest.fixture(scope="module")
def parts(contents):
    return contents["cifar10"][1]


def archived(root: Path, members, kind: str = "gz", listed=None) -> Path:
    """A mirror with an archive of CIFAR-10; all of its members are listed, unless others are."""
    archive = {f"cifar-10-python.tar.{kind}": tar(members, kind)}
    return mirror_of(root, "cifar10", archive, members if listed is None else listed)


def read(root: Path, name: str = "cifar10") -> Found:
    workspace = root / "workspace"
    workspace.mkdir(exist_ok=True)
    return TINY[name].mirror(read_mirror(root)[name], workspace)


@pytest.fixture
def ask(server, contents, tmp_path, monkeypatch):
    """Ask the client, whose server and checksums are the test's, for one of the datasets."""
    import torchvision

    monkeypatch.setattr(cifar, "HOST", f"{server.url}/")
    monkeypatch.setattr(cifar10, "HOST", f"{server.url}/")

    def asked(name: str = "cifar10", members=None) -> Found:
        dataset, client = TINY[name], getattr(torchvision.datasets, TINY[name].client)
        members = contents[name][0] if members is None else members
        sums = {
            file.rpartition("/")[2]: hashlib.md5(body).hexdigest() for file, body in members.items()
        }
        body = tar(members)
        monkeypatch.setattr(client, "url", f"{server.url}/{client.filename}")
        monkeypatch.setattr(client, "tgz_md5", hashlib.md5(body).hexdigest())
        monkeypatch.setattr(client, "train_list", [[file, sums[file]] for file in dataset.train])
        monkeypatch.setattr(client, "test_list", [[file, sums[file]] for file in dataset.test])
        monkeypatch.setattr(client, "meta", {"filename": dataset.meta, "md5": sums[dataset.meta]})
        server.script = server.script or [serving({client.filename: body})]
        workspace = tmp_path / "asked"
        workspace.mkdir()
        return dataset.official(workspace)

    return asked


@pytest.mark.parametrize("name", TINY)
def test_the_client_and_the_mirror_give_the_same_images(name, contents, tmp_path, ask):
    members, parts = contents[name]
    dataset = TINY[name]
    archive = f"{dataset.archive}.gz"
    official = ask(name)
    mirrored = read(mirror_of(tmp_path, name, {archive: tar(members)}, members), name)
    for key, array in mirrored.arrays.items():
        np.testing.assert_array_equal(official.arrays[key], array)
    for index, part in enumerate(("train", "test")):
        at = official.arrays["part"] == 2 * index
        np.testing.assert_array_equal(official.arrays["x"][at], parts[part][0])
        np.testing.assert_array_equal(official.arrays["y"][at], parts[part][1])
    assert official.official
    assert official.files[0]["name"] == archive
    assert official.files[0]["bytes"] == len(tar(members))
    assert {record["name"]: record["md5"] for record in official.files[1:]} == {
        file: hashlib.md5(body).hexdigest() for file, body in members.items()
    }
    assert {record["verified"] for record in official.files} == {"md5 of torchvision"}


@pytest.mark.parametrize("dataset", [CIFAR10, CIFAR100], ids=str.lower("CIFAR10 CIFAR100").split())
def test_the_client_asks_where_we_say_and_knows_our_files(dataset, monkeypatch):
    import torchvision

    monkeypatch.undo()
    client = getattr(torchvision.datasets, dataset.client)
    assert client.url.startswith(dataset.HOST)
    assert client.filename.startswith(dataset.archive)
    assert client.base_folder == dataset.folder
    assert tuple(name for name, _ in client.train_list) == dataset.train
    assert tuple(name for name, _ in client.test_list) == dataset.test
    assert (client.meta["filename"], client.meta["key"]) == (dataset.meta, dataset.names_key)


def test_the_client_s_own_unpickling_is_never_run(files, tmp_path, ask):
    trace = tmp_path / "it was called"
    members = {**files, BATCH: pickle.dumps(Calls(Path.touch, trace))}
    refused("no batch needs", ask, members=members)
    assert not trace.exists()


@pytest.mark.parametrize("name", ["data_batch_3", "test_batch", "batches.meta"])
def test_every_member_has_to_be_listed_there_and_right(files, tmp_path, name):
    member = f"cifar-10-batches-py/{name}"
    others = {file: body for file, body in files.items() if file != member}
    refused(f"lists no member '{member}'", read, archived(tmp_path, files, listed=others))
    refused(
        f"has no member '{member}'; copy",
        read,
        archived(tmp_path, others, listed=files),
    )
    changed = {**files, member: files[member] + b"."}
    refused(
        f"member {member} is damaged: expected md5", read, archived(tmp_path, changed, listed=files)
    )


def test_a_pickle_that_acts_is_refused_though_every_checksum_is_right(files, tmp_path):
    trace = tmp_path / "it was called"
    bad = {**files, BATCH: pickle.dumps(Calls(Path.touch, trace))}
    told = refused("which no batch needs", read, archived(tmp_path, bad))
    assert BATCH in told
    assert not trace.exists()


def test_a_pickle_whose_checksum_is_wrong_is_not_even_opened(files, tmp_path, monkeypatch):
    monkeypatch.setattr(cifar, "read_images", lambda *_: pytest.fail("it was read"))
    monkeypatch.setattr(cifar, "read_names", lambda *_: pytest.fail("it was read"))
    bad = {**files, BATCH: pickle.dumps({})}
    refused("is damaged: expected md5", read, archived(tmp_path, bad, listed=files))


def relabelled(files, labels) -> dict[str, bytes]:
    n = len(labels)
    return {**files, BATCH: pickled({"data": np.zeros((n, 3072), np.uint8), "labels": labels})}


def test_contents_that_are_not_as_published_are_refused(files, tmp_path):
    cases = {
        r"labels are 0 … 10, expected 0 … 9": relabelled(files, [10] * 40),
        r"CIFAR-10, train: images of each class are \[": relabelled(files, [0] * 40),
        r"names 2 classes \(dog, cat, …\), expected 10 \(airplane, .*; put the published": {
            **files,
            "cifar-10-batches-py/batches.meta": pickled({"label_names": ["dog", "cat"]}),
        },
    }
    for told, members in cases.items():
        refused(told, read, archived(tmp_path, members))


@pytest.fixture(scope="module")
def found(files, tmp_path_factory) -> Found:
    return read(archived(tmp_path_factory.mktemp("found"), files))


def test_validation_is_a_tenth_of_the_training_images_and_the_rest_keeps_its_order(found, parts):
    divided = CIFAR10.divide(found, 0)
    train, val, test = (divided.parts[name] for name in ("train", "val", "test"))
    np.testing.assert_array_equal(test["x"], parts["test"][0])
    np.testing.assert_array_equal(test["index"], np.arange(40))
    assert np.bincount(train["y"]).tolist() == [18] * 10
    assert np.bincount(val["y"]).tolist() == [2] * 10
    for part in (train, val):
        np.testing.assert_array_equal(part["x"], parts["train"][0][part["index"]])
        np.testing.assert_array_equal(part["y"], parts["train"][1][part["index"]])
        assert (np.diff(part["index"]) > 0).all()
    together = np.concatenate([train["index"], val["index"]])
    assert sorted(together.tolist()) == list(range(200))
    assert divided.facts["images_on_two_sides"] == 0
    assert divided.facts["split_seed"] == 0


def test_the_publisher_s_training_images_come_back_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10, "standin", TINY["cifar10"].standin)
    prepare("cifar10", "standin", "", 0, tmp_path)
    arrays = TINY["cifar10"].standin(0).arrays
    whole = load(tmp_path).published_train()
    np.testing.assert_array_equal(whole.x, arrays["x"][arrays["part"] == 0])
    np.testing.assert_array_equal(whole.y, arrays["y"][arrays["part"] == 0])
    np.testing.assert_array_equal(whole.index, np.arange(500))
    data = load(tmp_path)
    assert data.divided("published").val is data.test
    halves = data.divided("halves")
    np.testing.assert_array_equal(halves.val.y, data.test.y[::2])
    np.testing.assert_array_equal(halves.test.x, data.test.x[1::2])
    np.testing.assert_array_equal(halves.train.x, whole.x)
    assert len(data.without_test().test) == 0
    with pytest.raises(ValueError, match="divided as 'evenly'"):
        data.divided("evenly")
    with pytest.raises(ValueError, match="fixed split"):
        data.resplit(1)
    # Without an order to tell, the training part comes first.
    prepare("mnist", "standin", "", 0, tmp_path)
    data = load(tmp_path)
    np.testing.assert_array_equal(
        data.published_train().y, np.concatenate([data.train.y, data.val.y])
    )


@pytest.mark.mirror
def test_the_real_photographs(mirror, tmp_path):
    import torchvision

    record = prepare("cifar10", "mirror", str(mirror), 0, tmp_path)
    counts = {part: set(record["counts"][part]["per_class"].values()) for part in record["counts"]}
    assert counts == {"train": {4500}, "val": {500}, "test": {1000}}
    assert (record["official"], record["standin"]) == (True, False)
    assert record["images_on_two_sides"] == 0
    client = torchvision.datasets.CIFAR10
    published = dict([*client.train_list, *client.test_list, ("batches.meta", client.meta["md5"])])
    assert {r["name"].rpartition("/")[2]: r["md5"] for r in record["files"][1:]} == published
    data = load(tmp_path)
    whole = data.published_train()
    assert [data.class_names[label] for label in whole.y[:5]] == [
        "frog", "truck", "truck", "deer", "automobile",
    ]  # fmt: skip
    assert [data.class_names[label] for label in data.test.y[:3]] == ["cat", "ship", "ship"]
    # The channel means that everyone divides by.
    mean = whole.x.reshape(-1, 3).mean(axis=0) / 255
    np.testing.assert_allclose(mean, (0.4914, 0.4822, 0.4465), atol=1e-4)
