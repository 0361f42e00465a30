"""What a classifier of blood cells does and where it errs, from its probabilities alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from problems.dl_hw1.p4_bloodmnist.derivations import expected_errors
from problems.dl_hw1.p4_bloodmnist.model import differences, named

HIGH, LOW = 0.9, 0.6  # confident above, uncertain below


def key_of(name: str) -> str:
    """A class name as a key of metrics: 'Immature Granulocyte (IG)' → 'immature_granulocyte_ig'."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def repeated(images: np.ndarray, among: np.ndarray) -> int:
    """How many of `images` (n, …) occur `among` others (m, …), pixel by pixel."""
    known = {image.tobytes() for image in among}
    return sum(image.tobytes() in known for image in images)


def most_confused(
    confusion: np.ndarray, names: Sequence[str], count: int = 2
) -> list[dict[str, Any]]:
    """The largest entries off the diagonal, largest first; of equals the first in reading order."""
    wrong = confusion - np.diag(np.diag(confusion))
    cells = np.argsort(-wrong, axis=None, kind="stable")[:count]
    return [
        {"true": names[i], "predicted": names[j], "count": int(wrong[i, j])}
        for i, j in zip(*np.unravel_index(cells, wrong.shape), strict=True)
    ]


def most_confused_pairs(
    confusion: np.ndarray, names: Sequence[str], count: int = 2
) -> list[dict[str, Any]]:
    """The pairs with most confusions, both directions added."""
    both = np.triu(confusion + confusion.T, k=1)
    return [
        {"first": pair["true"], "second": pair["predicted"], "count": pair["count"]}
        for pair in most_confused(both, names, count)
    ]


def picked(mask: np.ndarray, count: int, seed: int) -> np.ndarray:
    """At most `count` indices where `mask` holds, drawn at random, in ascending order."""
    among = np.flatnonzero(mask)
    drawn = np.random.default_rng(seed).permutation(among)[:count]
    return np.sort(drawn)


def two_of_each(y: np.ndarray, classes: int, seed: int, count: int = 2) -> np.ndarray:
    """Indices (count, classes) of random rows of each class; every class must have `count`."""
    return np.stack([picked(y == k, count, seed + k) for k in range(classes)], axis=1)


def quadrants(
    probabilities: np.ndarray, y: np.ndarray, names: Sequence[str], *, seed: int, shown: int = 2
) -> dict[str, Any]:
    """Predictions by confidence and correctness, with examples.

    Args:
        probabilities: (n, K).
        y: (n,) true classes.
        names: K class names.
        seed: of the choice of the examples.
        shown: examples of each quadrant; where there are fewer, all.
    """
    confidence, predicted = probabilities.max(axis=1), probabilities.argmax(axis=1)
    correct, high, low = predicted == y, confidence > HIGH, confidence < LOW
    found: dict[str, Any] = {}
    for level, mask in (("confident", high), ("uncertain", low)):
        for outcome, right in (("correct", correct), ("incorrect", ~correct)):
            among = mask & right
            found[f"{level}_{outcome}"] = {
                "count": int(among.sum()),
                "share": float(among.mean()),
                "examples": [
                    {
                        "row": int(i),
                        "true": names[y[i]],
                        "predicted": names[predicted[i]],
                        "confidence": float(confidence[i]),
                    }
                    for i in picked(among, shown, seed)
                ],
            }
    between = ~high & ~low
    found["between"] = {"count": int(between.sum()), "share": float(between.mean())}
    return found


def more_typical(
    features: np.ndarray, first: np.ndarray, second: np.ndarray, typical: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Is an image a more typical `first` than `second`?

    Args:
        features: (n, F).
        first, second: (n,) classes.
        typical: `mean` and `std` of the features of each class, (K, F).

    Returns:
        (n,) truth values: whether the likelihood is larger under `first`, each feature normal and
        independent with the mean and deviation that it has in the class.
    """

    def distance(classes: np.ndarray) -> np.ndarray:
        mean, std = typical["mean"][classes], typical["std"][classes]
        return (((features - mean) / std) ** 2 + 2 * np.log(std)).sum(axis=1)

    return distance(first) < distance(second)


def typical_features(features: np.ndarray, y: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """Mean and standard deviation of each feature in each class, (K, F)."""
    groups = [features[y == k] for k in range(classes)]
    return {
        "mean": np.stack([group.mean(axis=0) for group in groups]),
        "std": np.stack([np.maximum(group.std(axis=0), 1e-6) for group in groups]),
    }


def confident_errors(
    probabilities: np.ndarray,
    y: np.ndarray,
    features: np.ndarray,
    typical: Mapping[str, np.ndarray],
) -> dict[str, Any]:
    """What sets confident errors apart, and whether there are more than the confidence allows."""
    confidence, predicted = probabilities.max(axis=1), probabilities.argmax(axis=1)
    confident = confidence > HIGH
    errors = confident & (predicted != y)
    right = confident & (predicted == y)
    count = int(errors.sum())
    own = (features - typical["mean"][y]) / typical["std"][y]
    gap = own[errors].mean(axis=0) if count else np.zeros(features.shape[1])
    # Against their own class, less what the confident right ones show on the same scale.
    gap = gap - (own[right].mean(axis=0) if count and right.any() else 0)
    nearer = more_typical(features[errors], predicted[errors], y[errors], typical)
    expected, variance = expected_errors(confidence[confident])
    return {
        "count": count,
        "of": int(confident.sum()),
        "expected": float(expected),
        "expected_deviation": float(np.sqrt(variance)),
        "differences": named(gap),
        "more_typical_of_predicted": float(nearer.mean()) if count else 0.0,
    }


def struggling_class(
    confusion: np.ndarray,
    y: np.ndarray,
    predicted: np.ndarray,
    features: np.ndarray,
    typical: Mapping[str, np.ndarray],
    training_counts: np.ndarray,
    names: Sequence[str],
    *,
    seed: int,
    shown: int = 5,
) -> dict[str, Any]:
    """The class of lowest recall, examples of its errors, and what may explain them.

    Args:
        confusion: (K, K), of the n test images.
        y, predicted, features: (n,) classes and (n, F), of the same images.
        typical, training_counts: of the training images; see `typical_features`, and (K,).
        seed: of the choice of the `shown` examples.
    """
    recalls = np.diagonal(confusion) / np.maximum(confusion.sum(axis=1), 1)
    k = int(recalls.argmin())
    mistakes = np.where(np.arange(len(names)) == k, 0, confusion[k])
    taken, wrong = int(mistakes.argmax()), (y == k) & (predicted != k)
    recognized = features[(y == k) & ~wrong]
    nearer = more_typical(features[wrong], predicted[wrong], y[wrong], typical)
    rows = picked(wrong, shown, seed)
    return {
        "name": names[k],
        "recall": float(recalls[k]),
        "errors": int(wrong.sum()),
        "called": names[taken],
        "called_count": int(mistakes[taken]),
        "training_count": int(training_counts[k]),
        "rarer_classes": int((training_counts < training_counts[k]).sum()),
        "differences": named(differences(features[wrong], recognized)),
        "more_typical_of_predicted": float(nearer.mean()) if wrong.any() else 0.0,
        "examples": [{"row": int(i), "predicted": names[predicted[i]]} for i in rows],
        "examples_differences": named(differences(features[rows], recognized)),
    }


def fitting(curves: Mapping[str, np.ndarray], last: int = 5) -> dict[str, Any]:
    """What the end of the learning curves says, from means over the last epochs."""
    loss, validation = curves["loss"], curves["validation_loss"]
    last = min(last, len(loss))
    loss_end, validation_end = loss[-last:].mean(), validation[-last:].mean()
    return {
        "loss_end": float(loss_end),
        "validation_end": float(validation_end),
        "ratio": float(validation_end / loss_end),
        "last_epochs": last,
        "lowest_epoch": int(validation.argmin()) + 1,
        "lowest": float(validation.min()),
    }
