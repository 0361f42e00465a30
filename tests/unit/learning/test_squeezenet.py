"""SqueezeNet by blocks: the published network, its names and shapes, and files that are refused."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from proofsheet.data.sources.mirror import read_mirror
from proofsheet.data.weights import FILE, NAME, PretrainedWeights, read_weights
from proofsheet.jobs.errors import UserError
from proofsheet.learning.squeezenet import (
    DEVIATION,
    MEAN,
    WIDTHS,
    SqueezeNet,
    gray_state,
    load_blocks,
    published_shapes,
    random_state,
    verified,
)
from unit.data.images import mirror_of


@pytest.fixture(scope="module")
def published() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        name: torch.randn(shape, generator=generator) / 10
        for name, shape in published_shapes().items()
    }


def saved(state: object) -> bytes:
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


@pytest.mark.slow
def test_it_computes_what_torchvision_s_does(published):
    from torchvision.models import squeezenet1_1

    theirs = squeezenet1_1().eval()
    missing = theirs.load_state_dict(published, strict=False)
    assert not missing.unexpected_keys
    assert all(name.startswith("classifier") for name in missing.missing_keys)
    model = SqueezeNet().eval()
    arrays = {name: value.numpy() for name, value in published.items()}
    load_blocks(model, gray_state(verified(arrays, "")))
    gray = torch.rand(2, 1, 97, 83)
    mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, DEVIATION))
    with torch.no_grad():
        wanted, found = theirs.features((gray - mean) / deviation), model.run(gray)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4 * wanted.abs().max().item())


@pytest.mark.parametrize("blocks", range(1, 10))
def test_a_truncated_network_is_the_beginning_of_the_whole(blocks):
    state = random_state(0)
    whole, part = SqueezeNet().eval(), SqueezeNet(blocks).eval()
    load_blocks(whole, state)
    load_blocks(part, state)
    x = torch.rand(1, 1, 64, 64)
    with torch.no_grad():
        maps = part.run(x)
        assert maps.shape[1] == WIDTHS[blocks - 1]
        torch.testing.assert_close(maps, whole.run(x, 0, blocks))
        torch.testing.assert_close(part(x), part(maps, blocks))
        if blocks < 9:
            torch.testing.assert_close(whole.run(maps, blocks), whole.run(x))


def test_pooling_before_the_relu_changes_no_gradient():
    model = SqueezeNet(4).double()
    x = torch.rand(2, 1, 41, 37, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def as_published(x: torch.Tensor) -> torch.Tensor:
        for name, block in model.features.items():
            if name in ("fire2", "fire4"):
                x = torch.nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)
            x = torch.relu(block(x))
        return x

    found, wanted = (
        torch.autograd.grad(run(x).square().sum(), list(model.features.parameters()))
        for run in (model.run, as_published)
    )
    for name, ours, theirs in zip(
        dict(model.features.named_parameters()), found, wanted, strict=True
    ):
        torch.testing.assert_close(ours, theirs, msg=name)


def test_a_mirror_s_file_is_read(published, tmp_path):
    root = mirror_of(tmp_path, NAME, {FILE: saved(published)})
    found = PretrainedWeights().mirror(read_mirror(root)[NAME], tmp_path)
    assert found.arrays.keys() == published.keys()
    for name, value in published.items():
        np.testing.assert_array_equal(found.arrays[name], value.numpy())


class Code:
    """What runs when it is unpickled."""

    def __reduce__(self):
        return (Path.touch, (Path("/tmp/was-run-by-a-file-of-weights"),))


STEM = "features.0.weight"
DAMAGES = {
    "empty": (lambda s: b"", "is not a file of weights"),
    "a page": (lambda s: b"<html>log in</html>", "is not a file of weights"),
    "truncated": (lambda s: saved(s)[:3000], "is not a file of weights"),
    "code": (lambda s: pickle.dumps(Code()), "is not a file of weights"),
    "code in a state": (lambda s: saved({**s, "x": Code()}), "is not a file of weights"),
    "no mapping": (lambda s: saved([1.0]), "holds a list"),
    "one missing": (
        lambda s: saved({k: v for k, v in s.items() if k != "features.12.squeeze.bias"}),
        "has no 'features.12.squeeze.bias'",
    ),
    "gray stem": (lambda s: saved({**s, STEM: s[STEM][:, :1]}), r"is \(64, 1, 3, 3\) float32, nee"),
    "NaN": (lambda s: saved({**s, STEM: s[STEM] * torch.nan}), "finite"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_another_file_is_refused_in_one_line(published, tmp_path, damage):
    body, told = DAMAGES[damage]
    path = tmp_path / "weights.pth"
    path.write_bytes(body(published))
    with pytest.raises(UserError, match=told) as caught:
        read_weights(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert not Path("/tmp/was-run-by-a-file-of-weights").exists()


@pytest.mark.mirror
def test_the_mirror_s_weights(mirror, tmp_path):
    found = PretrainedWeights().mirror(read_mirror(mirror)[NAME], tmp_path)
    assert gray_state(found.arrays)["features.conv1.weight"].shape == (64, 1, 3, 3)
