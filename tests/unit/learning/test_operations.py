"""The operations of a training are those that its layers need, and counting changes nothing."""

import pytest
import torch
from torch import nn

from proofsheet.learning import loop, operations
from proofsheet.learning.recipes import AdamRecipe

# Of one row of 6 × 6 pixels: two for each term of each sum; forward, by the weights and, but in the
# first layer, by the input.
CONVOLUTION = 2 * (4 * 6 * 6) * (3 * 3 * 3) * 2
GROUPED = 2 * (4 * 4 * 4) * (2 * 3 * 3) * 3
LINEAR = 2 * 10 * (4 * 4 * 4) * 3


@pytest.fixture(autouse=True)
def done(monkeypatch):
    monkeypatch.setattr(operations, "done", operations.Counter())


def fitted(mixed: bool) -> list[torch.Tensor]:
    """The parameters after two epochs over 50 rows, in batches of 16."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Dropout(0.1), nn.Conv2d(4, 4, 3, groups=2),
        nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip
    rows = torch.randn(50, 3, 6, 6), torch.arange(50) % 10
    loop.fit(model, rows, None, AdamRecipe(epochs=2, batch=16), seed=0, label="", mixed=mixed)
    return list(model.parameters())


@pytest.mark.parametrize(("mixed", "kind"), [(False, "float32"), (True, "bfloat16")])
def test_every_product_and_convolution_of_a_training_is_counted(mixed, kind, monkeypatch):
    counted = fitted(mixed)
    assert operations.done[kind] == 2 * 50 * (CONVOLUTION + GROUPED + LINEAR)
    assert set(operations.done) == {kind, "products"}

    monkeypatch.setattr(loop, "counted", lambda batches: batches)
    assert all(map(torch.equal, counted, fitted(mixed)))


def test_products_of_several_matrices_count_for_each():
    order = torch.arange(6).repeat(5, 1)  # three batches of two rows for five networks
    for _ in operations.counted(order.split(2, dim=1)):
        torch.baddbmm(torch.ones(5, 1, 7), torch.ones(5, 2, 3), torch.ones(5, 3, 7))
    assert operations.done["float32"] == 5 * 6 * 3 * 7 * 2
