"""EECS 182 HW 5, question 6, NumPy part: what batch norm, weight scales and dropout change."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.training import accuracy
from problems.eecs182_hw5.q6_cnn.batchnorm_speed import speeds
from problems.eecs182_hw5.q6_cnn.numpy_nets import AdamRecipe, fit, fully_connected
from problems.eecs182_hw5.q6_cnn.numpy_nets import three_layer_convnet as convnet
from proofsheet.data.dataset import Dataset

KINDS = {"plain": False, "normalized": True}  # with batch normalization?
RATES = {"none": 0.0, "half": 0.5}  # of dropout


def train(
    data: Dataset, device: object = None, *, seed: int, images: int, scales: int,
    repetitions: int, dropout_repetitions: int, convnet_epochs: int, speed_repetitions: int,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """All experiments of the NumPy part.

    Args:
        data: images (n, 32, 32, 3) of bytes.
        device: NumPy has none.
        images: training images, and validation images.
        scales: of the initial weights.
        repetitions, dropout_repetitions: networks, of one seed each.
        convnet_epochs: of the ConvNet.
        speed_repetitions: calls of each backward pass that is timed.
    """
    classes = len(data.class_names)

    # 1,000 images to learn from and 1,000 to validate, minus the mean image of the former.
    mean = data.train.x[:images].mean(axis=0)

    def rows(part, count):
        """`count` images as (n, 3, 32, 32) of about unit size, and their classes."""
        centered = (part.x[:count] - mean).astype(np.float32) / 64
        return np.ascontiguousarray(centered.transpose(0, 3, 1, 2)), part.y[:count]

    def flat(part):
        """The images as rows of pixels."""
        return part[0].reshape(len(part[0]), -1), part[1]

    seen, held = rows(data.train, images), rows(data.val, images)
    flat_train, flat_held = flat(seen), flat(held)
    pixels = flat_train[0].shape[1]
    arrays, metrics = {}, {"images": len(seen[1]), "validation_images": len(held[1])}

    def trained(sizes, recipe, part=flat_train, repetitions=repetitions, **options):
        """Curves of one fully connected net per seed, (seeds, …)."""
        runs = []
        for seed in range(repetitions):
            rng = np.random.default_rng(seed)
            model = fully_connected((pixels, *sizes, classes), rng=rng, **options)
            runs.append(fit(model, part, flat_held, recipe, rng=rng))
        return {name: np.array([run[name] for run in runs]) for name in runs[0]}

    # Batch norm in a net of six layers.
    recipe = AdamRecipe(epochs=10, batch=50, learning_rate=1e-3)
    metrics["bn_depth"] = {"layers": 6, "weight_scale": 2e-2, "repetitions": repetitions}
    for kind, normalize in KINDS.items():
        curves = trained((100,) * 5, recipe, init=2e-2, normalize=normalize)
        arrays |= {f"bn_depth_{kind}_{name}": values for name, values in curves.items()}
        metrics["bn_depth"][kind] = {
            "first_loss": curves["loss"][:, :20].mean(),
            "last_loss": curves["loss"][:, -20:].mean(),
            "train_accuracy": curves["train_accuracy"][:, -1].mean(),
            "best_validation_accuracy": curves["validation_accuracy"].max(axis=1).mean(),
        }

    # The scale of the initial weights in a net of eight layers.
    tried = np.logspace(-4, 0, scales)
    metrics["weight_scale"] = {
        "layers": 8,
        "scales": tried,
        "count": len(tried),
        "he": float(np.sqrt(2 / 50)),
    }
    for kind, normalize in KINDS.items():
        found = {"loss": [], "train_accuracy": [], "validation_accuracy": []}
        for scale in tried:
            curves = trained((50,) * 7, recipe, init=float(scale), normalize=normalize)
            found["loss"].append(curves["loss"][:, -20:].mean(axis=1))
            for name in ("train_accuracy", "validation_accuracy"):
                found[name].append(curves[name].max(axis=1))
        arrays |= {f"weight_scale_{kind}_{name}": np.array(v) for name, v in found.items()}
        means = {name: np.mean(values, axis=1) for name, values in found.items()}
        metrics["weight_scale"][kind] = {
            "best_scale": tried[means["train_accuracy"].argmax()],
            "best_train_accuracy": means["train_accuracy"].max(),
            "best_validation_accuracy": means["validation_accuracy"].max(),
            "worst_train_accuracy": means["train_accuracy"].min(),
            "last_loss": means["loss"],
            "train_accuracy": means["train_accuracy"],
            "validation_accuracy": means["validation_accuracy"],
            # Scales with at least 0.9 of the best training accuracy.
            "workable": int((means["train_accuracy"] > 0.9 * means["train_accuracy"].max()).sum()),
        }
    arrays["scales"] = tried

    # Dropout against overfitting, on half of the images.
    recipe = AdamRecipe(epochs=15, batch=100, learning_rate=5e-4)
    few = tuple(part[: len(part) // 2] for part in flat_train)
    metrics["dropout_regularization"] = {"images": len(few[1]), "hidden": 500}
    for name, rate in RATES.items():
        curves = trained((500,), recipe, few, dropout_repetitions, init=1e-2, dropout=rate)
        arrays |= {f"dropout_{name}_{key}": values for key, values in curves.items()}
        last = {key: curves[f"{key}_accuracy"][:, -1] for key in ("train", "validation")}
        metrics["dropout_regularization"][name] = {
            "rate": rate,
            "train_accuracy": last["train"].mean(),
            "validation_accuracy": last["validation"].mean(),
            "best_validation_accuracy": curves["validation_accuracy"].max(axis=1).mean(),
            "gap": (last["train"] - last["validation"]).mean(),
        }
    gains = (
        arrays["dropout_half_validation_accuracy"][:, -1]
        - arrays["dropout_none_validation_accuracy"][:, -1]
    )
    metrics["dropout_regularization"]["gain"] = {
        "mean": gains.mean(),
        "standard_error": gains.std(ddof=1) / np.sqrt(len(gains)),
        "repetitions": len(gains),
    }

    # The three-layer ConvNet, without and with spatial batch norm.
    recipe = AdamRecipe(epochs=convnet_epochs, batch=50, learning_rate=1e-3, strength=1e-3)
    metrics["convnet"] = {"epochs": recipe.epochs, "strength": recipe.strength}
    for kind, normalize in KINDS.items():
        rng = np.random.default_rng(seed)
        model = convnet(classes=classes, normalize=normalize, rng=rng)
        curves = fit(model, seen, held, recipe, rng=rng)
        arrays |= {f"convnet_{kind}_{name}": values for name, values in curves.items()}
        metrics["convnet"][kind] = {
            "parameters": sum(p.size for p in model.get_parameters()),
            "train_accuracy": accuracy(model, *seen),
            "validation_accuracy": accuracy(model, *held),
        }

    metrics["batchnorm"] = speeds(speed_repetitions, seed)
    return metrics, arrays
