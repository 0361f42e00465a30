"""Each check of problem 3 fails for a formula that is wrong in one place."""

import numpy as np
import pytest
import torch

from derivation_tests import derivation_tests
from problems.csci5527_hw3.p3_normalization import derivations as p3
from proofsheet.checks import checks_of

CHECKS = {check.id: check for check in checks_of(p3)}


def unbiased(method, x, eps):
    """As if the variance were divided by m − 1: for one slice of each method."""
    m = x[next(iter(p3.slices(method, tuple(x.shape))))].numel()
    return p3.ours(method, x, eps) * ((m - 1) / m) ** 0.5


def without_the_last_term(x, eps):
    m = len(x)
    return (np.eye(m, dtype=int) - np.full((m, m), 1) / m) / np.sqrt(p3.variance_of(x) + eps)


def eps_outside_the_root(x, axes, eps=0.0):
    mean = x.mean(axes, keepdim=True)
    return (x - mean) / (x.std(axes, correction=0, keepdim=True) + eps + 1e-30)


WRONG = {
    "slice_by_slice": unbiased,
    "agrees_with_pytorch": unbiased,
    "moments": lambda variance, eps: 1,
    "tiny_eps_is_none": 1e-200,
    "slice_jacobian": without_the_last_term,
    "jacobian_norm": lambda variance, eps: 1 / np.sqrt(variance + eps**2),
    "constant_slice": eps_outside_the_root,
    "rounding_is_blown_up": lambda delta, eps: delta / (delta + eps),
}


TestDerivations = derivation_tests(p3, WRONG)


@pytest.mark.parametrize("method", p3.METHODS)
def test_each_method_counts(method):
    def wrong(name, x, eps):
        return p3.ours(name, x, eps) * (1.001 if name == method else 1)

    assert not CHECKS["slice_by_slice"](wrong).passed
    assert not CHECKS["agrees_with_pytorch"](wrong).passed


def test_pytorch_still_refuses_an_epsilon_of_zero():
    """The chapter says so; when this fails, TINY_EPS can go."""
    with pytest.raises((ValueError, RuntimeError)):
        torch.nn.BatchNorm2d(3, eps=0.0)(torch.randn(2, 3, 4, 4))
