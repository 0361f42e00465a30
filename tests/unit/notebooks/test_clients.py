"""Without results a notebook has the rows of the report, by the data set's own client."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from proofsheet.data import cifar10, mnist
from proofsheet.data.cifar10 import CIFAR10
from proofsheet.data.dataset import load
from proofsheet.data.prepare import prepare
from proofsheet.notebooks import clients
from proofsheet.notebooks.workflow_results import published
from unit.data.batches import small

DATASETS = {"cifar10": ("CIFAR10", cifar10), "mnist": ("MNIST", mnist)}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(cifar10, "standin", small(CIFAR10, 20, 4).standin)
    monkeypatch.setattr(mnist, "STANDIN_DIGITS", 700)


@pytest.fixture(params=DATASETS)
def dataset(request, monkeypatch):
    """Its name; torchvision then knows the stand-in's images, in the publisher's order."""
    name, module = DATASETS[request.param]
    arrays = module.standin(0).arrays

    class Client:
        classes = tuple("abcdefghij")

        def __init__(self, root, train, download):
            rows = arrays["part"] == (0 if train else arrays["part"].max())
            self.data, self.targets = arrays["x"][rows], arrays["y"][rows].tolist()

    Client.__name__ = name
    monkeypatch.setitem(sys.modules, "torchvision.datasets", SimpleNamespace(**{name: Client}))
    return request.param


def assert_same_rows(found, wanted):
    for part in ("train", "val", "test"):
        ours, theirs = getattr(found, part), getattr(wanted, part)
        np.testing.assert_array_equal(ours.x, theirs.x)
        np.testing.assert_array_equal(ours.y, theirs.y)


def test_the_rows_are_those_that_the_workflow_prepares_and_trains_on(dataset, tmp_path):
    prepare(dataset, "standin", "", 0, tmp_path)
    found, wanted = getattr(clients, f"official_{dataset}")(), load(tmp_path)
    assert_same_rows(found, wanted)
    assert_same_rows(published(found), wanted.divided("published"))
    if dataset == "mnist":
        assert_same_rows(clients.published_mnist(), wanted.divided("published"))


def test_without_a_network_it_is_noise_and_says_so(monkeypatch, capsys):
    def refuse(root, train, download):
        raise OSError("no route to host")

    refuse.__name__ = "MNIST"
    monkeypatch.setitem(sys.modules, "torchvision.datasets", SimpleNamespace(MNIST=refuse))
    found = clients.published_mnist()
    said = capsys.readouterr().out
    assert "torchvision cannot fetch MNIST (no route to host)" in said
    assert "NOT THE REAL DATA" in said
    assert found.train.x.shape[1:] == (28, 28)
