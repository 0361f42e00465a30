"""The weights that torchvision publishes, from a server that is honest or not."""

import hashlib
import io

import numpy as np
import pytest
import torch

from proofsheet.data.weights import PretrainedWeights
from proofsheet.learning.squeezenet import published_shapes
from unit.data.support import Answer
from user_errors import refused


@pytest.fixture(scope="module")
def published() -> dict[str, torch.Tensor]:
    return {name: torch.full(shape, 0.5) for name, shape in published_shapes().items()}


@pytest.fixture
def ask(server, published, tmp_path, monkeypatch):
    """Ask torchvision, whose address is the test's server."""
    from torchvision.models import SqueezeNet1_1_Weights

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    file = io.BytesIO()
    torch.save({**published, "classifier.1.bias": torch.zeros(1000)}, file)
    body = file.getvalue()
    name = f"squeezenet1_1-{hashlib.sha256(body).hexdigest()[:8]}.pth"
    monkeypatch.setattr(
        SqueezeNet1_1_Weights.IMAGENET1K_V1.value, "url", f"{server.url}/models/{name}"
    )
    return body, lambda: PretrainedWeights().official(tmp_path)


@pytest.mark.slow
def test_torchvision_and_the_mirror_give_the_same(published, server, ask):
    body, call = ask
    server.script = [Answer(body)]
    found = call()
    assert found.official
    assert found.arrays.keys() == published.keys()
    for name, value in published.items():
        np.testing.assert_array_equal(found.arrays[name], value.numpy())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda body: Answer(status=500), "HTTP Error 500"),
        (lambda body: Answer(body[:5000] + b"0" + body[5001:]), "invalid hash value"),
        (lambda body: Answer(body[:9000], announced=len(body)), "invalid hash|cut|Incomplete"),
    ],
    ids=["error", "wrong bytes", "truncated"],
)
def test_trouble_is_tried_again_and_then_told(server, ask, tmp_path, answer, told):
    body, call = ask
    server.script = [answer(body)]
    assert "3 attempts" in refused(told, call)
    assert len(server.asked) >= 3
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_without_weights_the_workflow_pretrains():
    found = PretrainedWeights().standin(0)
    assert not found.arrays
    assert "pretrained here" in found.note
