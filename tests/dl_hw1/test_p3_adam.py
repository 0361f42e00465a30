"""Each check of problem 3 fails for a formula that is wrong in one place; the probes work."""

import math
from functools import partial

import numpy as np
import torch

from derivation_tests import derivation_tests
from problems.dl_hw1.p3_adam import derivations
from problems.dl_hw1.p3_adam.derivations import (
    first_step,
    mean_weights,
    second_step,
    unrolled_momentum,
)
from proofsheet.learning.optimizer_paths import noisy_gradients, path, random_steps, rare_gradients


def first_without_correction(w1, g1, a, b1, b2, eps):
    right = first_step(w1, g1, a, b1, b2, eps)
    return right | {"m_hat": right["m"], "v_hat": right["v"]}


def second_without_its_move(w1, g1, g2, *rest):
    return second_step(w1, g1, g2, *rest) | {"w": first_step(w1, g1, *rest)["w"]}


def epsilon_inside_the_root(w1, g1, g2, a, b1, b2, eps):
    right = second_step(w1, g1, g2, a, b1, b2, eps)
    first = w1 - a * g1 / math.sqrt(g1**2 + eps)
    return right | {"w": first - a * right["m_hat"] / math.sqrt(right["v_hat"] + eps)}


WRONG = {
    "first_step_symbolic": first_without_correction,
    "second_step_symbolic": second_without_its_move,
    "first_steps_torch": epsilon_inside_the_root,
    "corrected_mean": lambda beta, t: mean_weights(beta, t) * (1 - beta**t),
    "uncorrected": lambda b1, b2, t: (1 - b1**t) / (1 - b2**t),
    "momentum_sum": lambda mu, g: (1 - mu) * unrolled_momentum(mu, g),
    "momentum_scaling": lambda c, a: a,
    "adam_scaling": lambda c, eps: eps,
    "large_epsilon": lambda m_hat, a, eps: a * m_hat,
    "noise_gain": lambda b1: 1 - b1,
    "moments": lambda mean, deviation: (mean, deviation**2),
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_a_path_ends_where_it_leaves_the_bound():
    sgd = partial(torch.optim.SGD, lr=1.0)
    run = path(sgd, np.array([1.0]), lambda t, w: -w, 10, bound=5.0)
    np.testing.assert_array_equal(run[:, 0], [1, 2, 4, *[4] * 8])


def test_random_steps_of_plain_descent_are_the_gradients():
    rng = np.random.default_rng(0)
    sgd = partial(torch.optim.SGD, lr=1.0)
    mean, square = random_steps(sgd, noisy_gradients(rng, np.array([0.0, 2.0]), 50), 200, settle=3)
    np.testing.assert_allclose(mean, 1, atol=0.1)
    np.testing.assert_allclose(square, np.sqrt([1, 5]), rtol=0.05)
    mean, square = random_steps(sgd, rare_gradients(rng, np.array([0.2, 1.0]), 50), 200, settle=3)
    np.testing.assert_allclose(mean, [0.2, 1.0], rtol=0.1)
    np.testing.assert_allclose(square**2, mean, rtol=1e-12)
