"""The optimizers against torch.optim, in float64, step by step."""

import pytest
import torch

from proofsheet.learning.optimizers import Adagrad, Adam, AdamW, RMSprop, cosine

SHAPES = [(7,), (3, 5), (4, 3, 2, 2), (), (1, 1)]

CASES = [
    (Adagrad, {}),
    (Adagrad, {"lr": 0.1, "eps": 1e-3}),
    (RMSprop, {}),
    (RMSprop, {"lr": 3e-3, "alpha": 0.9, "eps": 1e-4}),
    (Adam, {}),
    (Adam, {"lr": 0.02, "betas": (0.5, 0.9), "eps": 1e-3}),
    (Adam, {"betas": (0.0, 0.0)}),
    (AdamW, {}),
    (AdamW, {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.5}),
    (AdamW, {"weight_decay": 0}),
]
NAMES = [f"{cls.__name__}-{'-'.join(kw) or 'defaults'}" for cls, kw in CASES]


def twins(shapes, seed=0, dtype=torch.float64):
    """Two lists of equal parameters, one for each implementation."""
    generator = torch.Generator().manual_seed(seed)
    ours = [torch.randn(s, generator=generator, dtype=dtype).requires_grad_() for s in shapes]
    return ours, [p.detach().clone().requires_grad_() for p in ours]


def follow(cls, arguments, shapes, steps, seed=0, missing=0.0, between=None):
    """The largest difference from torch.optim in `steps` steps, over all parameters.

    The loss is not convex, each parameter's gradient differs in size, and with probability
    `missing` it is None. `between(ours, theirs)` is called after every step.
    """
    generator = torch.Generator().manual_seed(seed + 1)
    ours, theirs = twins(shapes, seed)
    optimizers = (
        cls(ours, **arguments),
        getattr(torch.optim, cls.__name__)(theirs, **arguments),
    )
    worst = 0.0
    for _ in range(steps):
        noise = [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
        absent = torch.rand(len(shapes), generator=generator) < missing
        for optimizer, parameters in zip(optimizers, (ours, theirs), strict=True):
            optimizer.zero_grad()
            loss = sum(
                10.0**i * ((p + n) ** 2 + torch.sin(3 * p)).sum()
                for i, (p, n, skip) in enumerate(zip(parameters, noise, absent, strict=True))
                if not skip
            )
            if torch.is_tensor(loss):
                loss.backward()
            optimizer.step()
        differences = [(p - q).abs().max().item() for p, q in zip(ours, theirs, strict=True)]
        worst = max(worst, *differences)
        if between:
            between(*optimizers)
    return worst


@pytest.mark.parametrize(("cls", "arguments"), CASES, ids=NAMES)
@pytest.mark.parametrize("missing", [0.0, 0.4], ids=["all-gradients", "some-gradients-None"])
def test_trajectory_is_pytorchs(cls, arguments, missing):
    assert follow(cls, arguments, SHAPES, steps=60, missing=missing) <= 1e-10


@pytest.mark.parametrize("cls", [Adagrad, RMSprop, Adam, AdamW])
def test_the_learning_rate_may_change_between_steps(cls):
    rates = iter([0.05, 0.001, 0.02] * 10)

    def change(ours, theirs):
        ours.lr = theirs.param_groups[0]["lr"] = next(rates)

    assert follow(cls, {"lr": 0.1}, SHAPES, steps=30, between=change) <= 1e-10


def test_a_parameter_given_twice_is_stepped_once():
    (p,), (q,) = twins([(3,)])
    for optimizer in (Adam([p, p]), Adam([q])):
        for parameter in (p, q):
            parameter.grad = torch.ones_like(parameter)
        optimizer.step()
    assert torch.equal(p, q)


@pytest.mark.parametrize("cls", [Adagrad, RMSprop, Adam, AdamW])
def test_gradients_are_read_only(cls):
    (p,), _ = twins([(5,)])
    optimizer = cls([p])
    p.grad = gradient = torch.linspace(-1, 1, 5, dtype=torch.float64)
    kept = gradient.clone()
    optimizer.step()
    assert p.grad is gradient
    assert torch.equal(gradient, kept)
    optimizer.zero_grad()
    assert p.grad is None


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match="lr is -1; it must be at least 0"):
        Adam([torch.ones(2, requires_grad=True)], lr=-1)
    with pytest.raises(ValueError, match="params is empty"):
        Adam([])


def test_warm_up_rises_to_the_top_and_the_end_stays_at_zero():
    factor = cosine(16, warmup=4)
    assert [factor(k) for k in range(5)] == pytest.approx([0.25, 0.5, 0.75, 1, 1])
    assert [factor(k) for k in (7, 10)] == pytest.approx([(1 + 0.5**0.5) / 2, 0.5])
    assert [factor(k) for k in (16, 17, 1000)] == pytest.approx([0] * 3)


def test_an_impossible_warm_up_is_refused():
    with pytest.raises(ValueError, match="warmup is 5; it must be in"):
        cosine(5, warmup=5)
