"""Which runs a sweep may repeat, and what each of their parameters may be.

Snakemake reads this table before its first job, so nothing here trains and PyTorch is not imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What a parameter may be: in words, and as a test."""

    words: str
    allows: Callable[[Any], bool]


def _whole(low: int, high: int) -> Kind:
    return Kind(
        f"whole numbers from {low} to {high}",
        lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high,
    )


def _number(low: float, high: float) -> Kind:
    return Kind(
        f"numbers from {low:g} to {high:g}",
        lambda v: isinstance(v, int | float) and not isinstance(v, bool) and low <= v <= high,
    )


def _one_of(*names: str) -> Kind:
    return Kind(", ".join(names), lambda v: v in names)


_RATE, _DECAY, _SHARE = _number(1e-8, 10), _number(0, 10), _number(0, 0.9)
_COUNT = _whole(1, 1000)
_WIDTHS = Kind(
    "lists of one to eight whole numbers from 1 to 4096, such as [64, 64]",
    lambda v: (
        isinstance(v, list) and 1 <= len(v) <= 8 and all(_whole(1, 4096).allows(w) for w in v)
    ),
)
# Images of their training parts.
_MNIST = {"images": _whole(100, 50_000)}
_CIFAR = {"images": _whole(100, 45_000)}

KINDS: Mapping[str, Kind] = {
    "C": _number(1e-4, 1e6),
    "batch": _whole(1, 8192),
    "blocks": _whole(1, 9),
    "decay": _DECAY,
    "dropout": _SHARE,
    "epochs": _COUNT,
    "factor": _number(1, 1000),
    "features": _one_of("sixteen", "six", "whitened"),
    "frozen": _whole(0, 9),
    "gamma": _number(1e-6, 1e3),
    "hidden": _WIDTHS,
    "initial": _one_of("pretrained", "random"),
    "learning_rate": _RATE,
    "members": _whole(1, 64),
    # Above 0: Nesterov's momentum has no other.
    "momentum": _number(0.01, 0.999),
    "muon": _number(0, 10),
    "muon_decay": _DECAY,
    "muon_momentum": _number(0.01, 0.999),
    "nesterov": Kind("true, false", lambda v: isinstance(v, bool)),
    "rate": _SHARE,
    "seed": _whole(0, 2**31 - 1),
    "side": _whole(64, 224),
    "smoothing": _SHARE,
    "strategy": Kind("names of config.yaml: transfer.strategies", lambda v: isinstance(v, str)),
    "views": _whole(1, 100),
    "weight_decay": _DECAY,
}
"""What a parameter may be in every run that has it."""


def _kinds(names: str) -> dict[str, Kind]:
    return {name: KINDS[name] for name in names.split()}


@dataclass(frozen=True)
class Sweepable:
    """A run that can be swept.

    Attributes:
        rule: the rule that it repeats; what is not swept is as in its `params`.
        function: what trains, `problems.<set>.<problem>.train:<name>`.
        dataset: name of its data; None: those of EECS 182 HW 5, question 6, which the
            configuration chooses.
        parameters: what may be swept.
        runs_per_job: where the sweep does not say. Runs of seconds share a process, so that its
            start is paid once for all of them; a run of minutes is a job.
        mem_mb, minutes: what a job may use, and a run on one core may take.
        torch: it uses PyTorch, hence a GPU where there is one.
        inputs: further files that it reads, by name.
        only_with: parameters that change nothing but with one value of another parameter.
    """

    rule: str
    function: str
    dataset: str | None
    parameters: Mapping[str, Kind]
    runs_per_job: int = 5
    mem_mb: int = 3000
    minutes: int = 30
    torch: bool = True
    inputs: Mapping[str, str] = field(default_factory=dict)
    only_with: Mapping[str, tuple[str, Any]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the module of `function` is, from the top of the checkout."""
        return f"workflow/{self.function.split(':')[0].replace('.', '/')}.py"


_MUON = _kinds("muon muon_momentum muon_decay")
_SGD = _kinds("seed learning_rate momentum weight_decay nesterov smoothing epochs batch") | _CIFAR
"""Fields of `recipes.SgdRecipe`, and beside them the seed and how many images."""
_P7 = "cs7643_ps2_p7_cifar10"

SWEEPABLE: Mapping[str, Sweepable] = {
    "csci5527_hw2/p4_dry_beans_mlp": Sweepable(
        "csci5527_hw2_p4_dry_beans_mlp",
        "problems.csci5527_hw2.p4_dry_beans.train:train_mlp",
        "dry_bean",
        _kinds("seed learning_rate weight_decay dropout hidden features epochs batch members"),
        runs_per_job=25,
        minutes=5,
    ),
    "csci5527_hw2/p4_dry_beans_svm": Sweepable(
        "csci5527_hw2_p4_dry_beans_classical",
        "problems.csci5527_hw2.p4_dry_beans.train:train_svm",
        "dry_bean",
        _kinds("seed features C gamma"),
        runs_per_job=25,
        minutes=5,
        torch=False,
    ),
    "csci5527_hw3/p1_optimizers_train": Sweepable(
        "csci5527_hw3_p1_optimizers_train",
        "problems.csci5527_hw3.p1_optimizers.train:train",
        "mnist",
        _kinds("seed learning_rate weight_decay epochs batch")
        | {
            "optimizer": _one_of("adagrad", "rmsprop", "adam", "adamw"),
            "implementation": _one_of("ours", "builtin"),
        }
        | _MNIST,
    ),
    "csci5527_hw3/p4_transfer_train": Sweepable(
        "csci5527_hw3_p4_transfer_train",
        "problems.csci5527_hw3.p4_transfer.train:train",
        "chest_xray",
        _kinds("seed strategy initial blocks frozen learning_rate decay epochs views side"),
        runs_per_job=1,
        inputs={"weights": "results/csci5527_hw3/p4_transfer/runs/pretrained.npz"},
        mem_mb=4000,
        minutes=60,
    ),
    "dl_hw1/p4_bloodmnist_train": Sweepable(
        "dl_hw1_p4_bloodmnist_train",
        "problems.dl_hw1.p4_bloodmnist.train:train",
        "bloodmnist",
        _kinds("seed learning_rate epochs batch") | {"network": _one_of("mlp", "better")},
    ),
    "dl_hw1/p4_bloodmnist_reference": Sweepable(
        "dl_hw1_p4_bloodmnist_reference",
        "problems.dl_hw1.p4_bloodmnist.reference:train",
        "bloodmnist",
        _kinds("seed learning_rate momentum weight_decay nesterov smoothing epochs batch") | _MUON,
        runs_per_job=1,
    ),
    "dl_hw1/p5_initialization_run": Sweepable(
        "dl_hw1_p5_initialization_run",
        "problems.dl_hw1.p5_initialization.train:train",
        "mnist",
        _kinds("seed hidden learning_rate epochs batch")
        | {
            "activation": _one_of("tanh", "relu"),
            "method": _one_of("zero", "small_random", "xavier", "he"),
        }
        | _MNIST,
    ),
    "dl_hw1/p6_mytorch": Sweepable(
        "dl_hw1_p6_mytorch_train",
        "problems.dl_hw1.p6_mytorch.train:train",
        "mnist",
        _kinds("seed hidden learning_rate epochs batch")
        | {"init": _one_of("xavier", "he")}
        | _MNIST,
        torch=False,
    ),
    "cs7643_ps2/p7_cifar10_numpy": Sweepable(
        f"{_P7}_numpy",
        "problems.cs7643_ps2.p7_cifar10.train_numpy:train",
        "cifar10",
        _kinds("seed learning_rate momentum weight_decay epochs batch") | _CIFAR,
        runs_per_job=1,
        mem_mb=4000,
        torch=False,
    ),
    "cs7643_ps2/p7_cifar10_train": Sweepable(
        f"{_P7}_train",
        "problems.cs7643_ps2.p7_cifar10.train:train",
        "cifar10",
        _SGD | _MUON | {"network": _one_of("two_layer", "vanilla_cnn", "own")},
        runs_per_job=1,
        mem_mb=5000,
        minutes=40,
        only_with=dict.fromkeys(_MUON, ("network", "own")),
    ),
    "cs7643_ps2/p7_cifar10_ablation": Sweepable(
        f"{_P7}_ablation",
        "problems.cs7643_ps2.p7_cifar10.train:train_without",
        "cifar10",
        _SGD | _MUON | {"choice": _one_of("none", "augmentation", "normalization", "muon")},
        mem_mb=4000,
    ),
    "cs7643_ps2/p7_cifar10_long_tail": Sweepable(
        f"{_P7}_long_tail",
        "problems.cs7643_ps2.p7_cifar10.train:train_long_tail",
        "cifar10",
        _SGD | _kinds("factor") | {"loss": _one_of("cross_entropy", "class_balanced", "focal")},
        runs_per_job=1,
        mem_mb=5000,
    ),
    "eecs182_hw5/q5_dropout_train": Sweepable(
        "eecs182_hw5_q5_dropout_train",
        "problems.eecs182_hw5.q5_dropout.train:train",
        "cifar10",
        _kinds("seed rate learning_rate epochs batch") | _CIFAR,
        runs_per_job=1,
    ),
    "eecs182_hw5/q6_cnn_given": Sweepable(
        "eecs182_hw5_q6_cnn_given",
        "problems.eecs182_hw5.q6_cnn.train:train_given",
        None,
        _kinds("seed dropout learning_rate epochs batch")
        | {"network": _one_of("plain", "bn_dropout")}
        | _CIFAR,
        runs_per_job=1,
    ),
}
"""What `sweeps.<name>.run` may name."""
