"""What the results of CS 7643 PS 2, problem 7, say, in words that hold for whatever run it was.

Every sentence of the chapter that depends on the outcome is chosen here by the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from proofsheet.report.enumeration import listed
from proofsheet.report.numbers import points

CHOICE_NAMES = {
    "augmentation": "augmentation",
    "normalization": "batch normalization",
    "muon": "Muon",
}


def ablation(
    full: Mapping[str, float], runs: Mapping[str, Mapping[str, float]], images: int
) -> dict[str, Any]:
    """What each choice is worth.

    Args:
        full: `both_ways_accuracy` and `one_view_accuracy` of the whole design.
        runs: the same without one choice each.
        images: validation images, on which both are measured.

    Returns:
        Per choice its `gain` (share of the images) and the standard error of it, the choices in
        the order of their gain, a sentence, and the gain by the mirror image.
    """
    found: dict[str, Any] = {}
    reached = full["both_ways_accuracy"]
    for choice, run in runs.items():
        other = run["both_ways_accuracy"]
        # As if the two had erred independently, which is on the safe side.
        error = np.sqrt((reached * (1 - reached) + other * (1 - other)) / images)
        found[choice] = {"gain": reached - other, "standard_error": float(error)}
    order = sorted(found, key=lambda choice: -found[choice]["gain"])
    clear = [c for c in order if found[c]["gain"] > 2 * found[c]["standard_error"]]
    unclear = [c for c in order if c not in clear]
    beyond = "by more than twice the standard error"
    if not clear:
        verdict = f"none of the choices helps {beyond}, so that this comparison shows no use of any"
    elif not unclear:
        verdict = f"each of the choices helps {beyond}, {CHOICE_NAMES[order[0]]} most"
    else:
        verdict = (
            f"{listed([CHOICE_NAMES[c] for c in clear])} {_verb(clear, 'help')} {beyond}; for"
            f" {listed([CHOICE_NAMES[c] for c in unclear])} the difference is smaller or the"
            " other way, so that this comparison does not show a use"
        )
    return {
        "choices": found,
        "order": order,
        "verdict": verdict,
        "mirror_gain": reached - full["one_view_accuracy"],
    }


def long_tail(
    recalls: Mapping[str, Sequence[float]],
    named: Mapping[str, Sequence[float]],
    counts: Sequence[int],
    images: int,
) -> dict[str, Any]:
    """Frequent and rare classes under the three losses.

    Args:
        recalls: per loss the (K,) recalls on a test set whose classes are of equal size.
        named: per loss the (K,) shares of the test images that are called each class.
        counts: (K,) training images.
        images: test images of one class.

    Returns:
        `groups`: per loss the mean recall of the three most frequent, the three rarest and the
        other classes; `named_rare`: per loss the share of the test images that are called one of
        the rarest; `focal_gap` between the two weighted losses, without its sign; the largest
        `standard_error` of a difference; and sentences about accuracy and about the exchange.
    """
    order = np.argsort(-np.asarray(counts), kind="stable")
    parts = {"frequent": order[:3], "middle": order[3:-3], "rare": order[-3:]}
    groups = {
        name: {part: float(np.mean(np.asarray(values)[k])) for part, k in parts.items()}
        for name, values in recalls.items()
    }
    accuracy = {name: float(np.mean(values)) for name, values in recalls.items()}
    plain = accuracy["cross_entropy"]
    # Of a difference of two accuracies, each over all test images: the larger two of the three.
    variances = sorted(a * (1 - a) / (images * len(order)) for a in accuracy.values())
    error = np.sqrt(sum(variances[-2:]))
    sentences = {}
    for name, title in (("class_balanced", "re-weighting"), ("focal", "the focal loss")):
        gain = accuracy[name] - plain
        rare = groups[name]["rare"] - groups["cross_entropy"]["rare"]
        frequent = groups[name]["frequent"] - groups["cross_entropy"]["frequent"]
        if abs(gain) <= 2 * error:
            total = "leaves the accuracy where it was, up to chance"
        else:
            total = f"{'raises' if gain > 0 else 'lowers'} the accuracy"
        exchange = (
            "rare classes gain and frequent ones pay"
            if rare > 0 > frequent
            else "rare and frequent classes both gain"
            if rare > 0
            else "rare classes do not gain"
        )
        sentences[name] = f"{title} {total}; {exchange}"
    gap = accuracy["focal"] - accuracy["class_balanced"]
    if abs(gap) <= 2 * error:
        sentences["focal_beside_weights"] = (
            "not more than twice the standard error, so that this comparison shows no use of the"
            " focal loss beyond that of the weights"
        )
    else:
        sentences["focal_beside_weights"] = (
            "more than twice the standard error, and the focal loss is the"
            f" {'better' if gap > 0 else 'worse'} one"
        )
    return {
        "groups": groups,
        "named_rare": {n: float(np.asarray(s)[parts["rare"]].sum()) for n, s in named.items()},
        "focal_gap": abs(gap),
        "standard_error": float(error),
        "verdicts": sentences,
    }


def fitting(train: float, validation: float) -> str:
    """What the gap between two accuracies says."""
    gap = train - validation
    if gap > 0.1:
        return "it has begun to learn its images by heart"
    if gap > 0.02:
        return "there is a gap, but what it learns still carries over"
    return "it does equally well on both, so that it could be larger or trained for longer"


def against(value: float, expected: float, tolerance: float = 0.05) -> str:
    """An accuracy beside the one that the course expects."""
    if value >= expected + tolerance:
        return "above what the course expects"
    if value >= expected - tolerance:
        return "what the course expects"
    return "below what the course expects"


def aimed(value: float, aim: float) -> str:
    """An accuracy beside the one that was aimed at."""
    if value >= aim:
        return "reaches the aim"
    return f"misses the aim by {points(aim - value)}"


def after_the_fall(accuracy: Mapping[str, Sequence[float]], epochs: int) -> str:
    """What the first fall of the learning rate does to two networks.

    Args:
        accuracy: of the networks `two_layer` and `vanilla_cnn` in training, per epoch.
        epochs: before the fall.
    """
    if min(map(len, accuracy.values())) <= epochs:
        return "this run is too short for the learning rates to fall"
    two_layer, cnn = (
        points(accuracy[name][epochs] - accuracy[name][epochs - 1], 1)
        for name in ("two_layer", "vanilla_cnn")
    )
    return (
        f"from epoch {epochs} to epoch {epochs + 1}, when it is divided by ten, the training"
        f" accuracy changes by {cnn}, and that of the two-layer network by {two_layer}"
    )


def _verb(names: Sequence[str], verb: str) -> str:
    return f"{verb}s" if len(names) == 1 else verb
