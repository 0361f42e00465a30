"""CIFAR-100 if available: what decides, and that no network does."""

import socket

import pytest

from proofsheet.data.which_cifar import which_cifar
from unit.data.images import mirror_of
from user_errors import refused


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("the network was asked"))


@pytest.fixture(params=["cifar10", "cifar100"])
def listed(request) -> str:
    return request.param


@pytest.mark.parametrize("source", ["auto", "mirror"])
def test_a_mirror_decides_by_what_it_lists(tmp_path, source, listed):
    mirror = str(mirror_of(tmp_path, listed, {"a": b"-"}))
    assert which_cifar("auto", source, mirror) == listed


@pytest.mark.parametrize(
    ("source", "chosen"), [("auto", "cifar10"), ("official", "cifar100"), ("standin", "cifar10")]
)
def test_without_a_mirror_the_source_decides(source, chosen):
    assert which_cifar("auto", source, "") == chosen


@pytest.mark.parametrize("source", ["auto", "official", "mirror", "standin"])
def test_what_is_asked_for_by_name_is_taken(tmp_path, source, listed):
    assert which_cifar(listed, source, str(tmp_path / "not even there")) == listed


def test_a_manifest_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "manifest.yaml").write_text("- a\n")
    refused("datasets by name", which_cifar, "auto", "auto", str(tmp_path))
