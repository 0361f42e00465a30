"""CSCI 5527 HW 3, problem 4: the strategies by validation, and then once on the test images."""

from pathlib import Path

import numpy as np
import torch

from problems.csci5527_hw3.p4_transfer import derivations
from problems.csci5527_hw3.p4_transfer.analysis import (
    TITLES,
    catch_up_epoch,
    examples,
    growing,
    over_seeds,
    telling_apart,
)
from problems.csci5527_hw3.p4_transfer.binary_metrics import accuracy_interval, measures
from problems.csci5527_hw3.p4_transfer.finetune import class_weights
from problems.csci5527_hw3.p4_transfer.gradcam import enlarged, evidence
from problems.csci5527_hw3.p4_transfer.images import gray, network_input
from problems.csci5527_hw3.p4_transfer.train import best_of
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json
from proofsheet.learning.squeezenet import SqueezeNet

RATES = ("sensitivity", "specificity", "auc")

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    seed, side, names = snakemake.params.seed, snakemake.params.side, snakemake.params.strategies
    folder = Path(snakemake.input.source).parent
    data = load(folder)
    columns = {part: read_arrays(folder / f"{part}.npz") for part in ("val", "test")}
    ill = {part: columns[part]["y"] == 1 for part in columns}
    runs = {name: read_json(path) for name, path in zip(names, snakemake.input.runs, strict=True)}
    arrays = {
        name: read_arrays(path)
        for name, path in zip(names, snakemake.input.runs_arrays, strict=True)
    }

    # By validation alone: which strategy is the best. An image is called ill if that is likelier
    # than not under even shares of both classes, for which the weighted loss has trained the score.
    scores = {
        part: {name: arrays[name][f"{part}_score"] for name in names} for part in ("val", "test")
    }
    validation = {name: measures(scores["val"][name], ill["val"]) for name in names}
    measured = {
        name: {
            "title": TITLES.get(name, name.replace("_", " ")),
            "validation_accuracy": validation[name]["accuracy"],
            "validation": {key: validation[name][key] for key in RATES},
            "first_validation_loss": runs[name]["validation_loss"][0],
            "last_validation_loss": runs[name]["validation_loss"][-1],
            "epochs": len(runs[name]["loss"]),
            **{
                key: runs[name][key]
                for key in (
                    "blocks", "frozen", "learning_rate", "parameters", "trained_parameters",
                    "seconds",
                )
            },
        }
        for name in names
    }  # fmt: skip
    best = best_of(runs)
    for name in names:
        mark = measured[best]["first_validation_loss"]
        measured[name]["catch_up_epoch"] = catch_up_epoch(runs[name]["validation_loss"], mark)

    # The test images are used from here on.
    for name in names:
        found = measures(scores["test"][name], ill["test"])
        low, high = accuracy_interval(
            (scores["test"][name] >= 0) == ill["test"], columns["test"]["patient"], seed=seed
        )
        measured[name] |= {
            "test_accuracy": found.pop("accuracy"),
            **found,
            "intervals": {"accuracy": {"low": low, "high": high}},
        }

    # The best strategy from every seed.
    repeated = [arrays[best], *map(read_arrays, snakemake.input.best_arrays)]
    best_scores = {part: [found[f"{part}_score"] for found in repeated] for part in ill}
    right = [(score >= 0) == ill["test"] for score in best_scores["test"]]
    low, high = accuracy_interval(np.mean(right, axis=0), columns["test"]["patient"], seed=seed)

    frozen = next((arrays[name] for name in names if "val_features" in arrays[name]), None)
    apart = {}
    for k, kind in ((0, "normal"), (1, "pneumonia")):
        if frozen is not None:
            chosen = {part: ill[part] == bool(k) for part in columns}
            auc = telling_apart(
                frozen["val_features"][chosen["val"]],
                frozen["test_features"][chosen["test"]],
                tuple(columns[part]["patient"][chosen[part]] for part in ("val", "test")),
                seed,
            )
            apart[kind] = {"auc": auc}

    # Which regions decided, for the best strategy.
    model = SqueezeNet(runs[best]["blocks"])
    model.load_state_dict(
        {
            key.removeprefix("state."): torch.from_numpy(value)
            for key, value in arrays[best].items()
            if key.startswith("state.")
        }
    )
    shown = examples(scores["test"][best], ill["test"])
    rows = np.array([entry["row"] for entry in shown], dtype=int)
    seen = network_input(gray(data.test.x, rows), side)
    regions = enlarged(evidence(model, seen), side)

    weights = class_weights(data.train.y)
    source = data.source
    metrics = {
        **measured,
        "best": best,
        "best_title": measured[best]["title"],
        "best_strategy": measured[best],
        "over_seeds": over_seeds(best_scores, ill)
        | {"intervals": {"accuracy": {"low": low, "high": high}}},
        # Of some sources the patients are not known.
        "patients_known": source.get("patients_known", True),
        "apart": apart,
        "examples": shown,
        "weights": read_json(snakemake.input.pretrained),
        "class_weights": {"normal": weights[0], "pneumonia": weights[1]},
        "counts": {
            part: {"normal": (y == 0).sum(), "pneumonia": (y == 1).sum(), "all": len(y)}
            for part, y in (("train", data.train.y), ("val", data.val.y), ("test", data.test.y))
        },
        "patients": source["patients"],
        "patients_in_train_and_val": source["patients_in_train_and_val"],
        "numbers_in_test_and_train": source["numbers_in_test_and_train"],
        "same_number_and_kind": source["same_number_and_kind"],
        "images_on_two_sides": source["images_on_two_sides"],
        "always_pneumonia_accuracy": ill["test"].mean(),
        "image_size": side,
        "growth": growing(runs),
        "products": "bfloat16" if runs[best]["mixed"] else "float32",
        "seconds": sum(runs[name]["seconds"] for name in names),
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        **{
            f"{name}_{key}": np.array(runs[name][key])
            for name in names
            for key in ("loss", "validation_loss")
        },
        example_images=seen[:, 0].numpy(),
        example_regions=regions.numpy(),
    )
