# %% [markdown]
# # CSCI 5527, homework 3, problem 4: transfer learning
#
# SqueezeNet, trained on photographs, learns to tell radiographs with pneumonia from normal ones, by
# five strategies. The notebook needs numpy, scikit-learn, torch, pillow, tqdm and matplotlib. To
# run on one CPU core in about a minute it takes every eighth image to learn from and every second
# one to validate, at 96 × 96 pixels; with `EVERY, SEEN = (1, 1), 128` it does what the report did.

# %%
import os
import socket
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
EVERY, SEEN = ((12, 3), 64) if QUICK else ((8, 2), 96)
SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# %% [markdown]
# ## (a) Data
#
# From a folder `chest_xray` with the published layout, in a mirror or beside this notebook (from
# https://www.kaggle.com/paultimothymooney/chest-xray-pneumonia). Without one, radiographs are
# drawn; numbers are then those of drawings, and the notebook says so. What file names tell:

# %%
# source: proofsheet.jobs.errors
# source: proofsheet.data.chest_xray: CLASSES, COUNTS, SIDE, SERIES, KINDS, VALIDATION, _NAME
# source: proofsheet.data.chest_xray: Radiograph, read_name, read_image
# source: proofsheet.data.splits: FRACTIONS, stratified_split, divide_patients

# %%
# source: proofsheet.data.standins.chest_xray


# %%
def published(root):
    """Images, classes and patients of the published folders; the order is that of the names."""
    parts = {}
    for part in ("train", "test"):
        paths = sorted(
            Path(root, part).glob("*/*.jp*g"), key=lambda p: p.relative_to(root).as_posix()
        )
        told = [read_name(path.relative_to(root).as_posix()) for path in paths]
        parts[part] = {
            "x": np.stack([read_image(path) for path in paths]),
            "y": np.array([t.label for t in told]),
            "series": np.array([t.series for t in told]),
            "number": np.array([t.number for t in told]),
        }
    return parts


candidates = [
    os.path.join(os.environ.get("PROOFSHEET_MIRROR") or "nowhere", "chest_xray"),
    "chest_xray",
]
folder = next((path for path in candidates if os.path.isdir(os.path.join(path, "train"))), None)
if folder:
    found = published(folder)
else:
    print("NOT THE REAL DATA: these radiographs are drawn.")
    found = {
        part: simulate(n, SEED, k) for k, (part, n) in enumerate((("train", 300), ("test", 90)))
    }
for part in found.values():
    part["patient"] = 1_000_000 * part["series"].astype(int) + part["number"]

# %% [markdown]
# Validation images are taken out of the training images by patient.

# %%
whole = found["train"]
kept, taken = divide_patients(whole["patient"], whole["series"], VALIDATION, SEED)
data = {
    name: {key: values[rows][:: every if folder else 1] for key, values in whole.items()}
    for name, rows, every in zip(("train", "val"), (kept, taken), EVERY, strict=True)
} | {"test": found["test"]}
assert not set(data["val"]["patient"]) & set(whole["patient"][kept])
for part, columns in data.items():
    print(f"{part}: {len(columns['y'])} images, {columns['y'].mean():.1%} with pneumonia")

# %% [markdown]
# ## The network and its weights
#
# SqueezeNet 1.1 for gray images, cut into nine blocks. The weights are those of a mirror, or
# torchvision's, or random ones, and the next cell says which.

# %%
# source: problems.csci5527_hw3.p4_transfer.images

# %%
# source: proofsheet.learning.squeezenet

# %%
# source: proofsheet.jobs.progress

# %%
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: proofsheet.learning.transfer_strategy: Strategy
# source: problems.csci5527_hw3.p4_transfer.finetune


# %%
def known_weights():
    """Weights of ImageNet, if they can be had."""
    mirror = os.environ.get("PROOFSHEET_MIRROR") or "no mirror"
    places = (os.path.join(mirror, folder) for folder in ("weights", "torch_hub/checkpoints"))
    files = (os.path.join(place, "squeezenet1_1_features_imagenet.pth") for place in places)
    if file := next(filter(os.path.exists, files), None):
        print("weights of ImageNet from a mirror")
        state = torch.load(file, weights_only=True)
    else:
        try:
            socket.create_connection(("download.pytorch.org", 443), timeout=5).close()
            from torchvision.models import SqueezeNet1_1_Weights

            state = SqueezeNet1_1_Weights.IMAGENET1K_V1.get_state_dict(progress=False)
            print("weights of ImageNet from torchvision")
        except Exception as error:
            print(f"NO PRETRAINED WEIGHTS ({type(error).__name__}): random ones in their place")
            return random_state(SEED)
    return gray_state(verified({key: value.numpy() for key, value in state.items()}, "the file"))


pretrained = known_weights()
weights = class_weights(data["train"]["y"])
print(f"class weights: normal {weights[0]:.2f}, pneumonia {weights[1]:.2f}")

# %% [markdown]
# ## Five strategies

# %%
GROWING = (96, 96)
STRATEGIES = {
    "frozen": Strategy("pretrained", 9, frozen=9, epochs=40, learning_rate=2e-4),
    "last_blocks": Strategy("pretrained", 9, frozen=6, epochs=12, learning_rate=3e-4),
    "everything": Strategy("pretrained", 9, epochs=8, learning_rate=3e-4, sides=GROWING),
    "truncated": Strategy("pretrained", 6, epochs=8, learning_rate=4e-4, sides=GROWING),
    "scratch": Strategy("random", 9, epochs=8, learning_rate=8e-4, sides=GROWING),
}
if QUICK:
    STRATEGIES = {
        name: Strategy(s.initial, s.blocks, s.frozen, 1, s.learning_rate, views=1)
        for name, s in STRATEGIES.items()
    }
images = {part: Images(columns["x"], columns["y"]) for part, columns in data.items()}
mixed = mixed_precision(device)
models, curves, scores = {}, {}, {}
for name, strategy in STRATEGIES.items():
    models[name] = build(strategy, pretrained, SEED).to(device)
    curves[name] = fit(
        models[name], strategy, images["train"], images["val"],
        side=SEEN, seed=SEED, label=name, device=device, mixed=mixed,
    )  # fmt: skip
    scores[name] = {}
    for part in ("val", "test"):
        seen = features(models[name], images[part], strategy.frozen, SEEN, device, mixed)
        z = classify(models[name], seen, strategy.frozen, device, mixed).cpu().numpy()
        scores[name][part] = z[:, 1] - z[:, 0]
    print(f"{name}: lowest validation loss {min(curves[name]['validation_loss']):.4f}")

# %%
plt.figure(figsize=(7, 3))
for name in STRATEGIES:
    losses = curves[name]["validation_loss"]
    plt.loglog(range(1, len(losses) + 1), losses, "o-", label=name)
plt.xlabel("epoch")
plt.ylabel("weighted validation loss")
plt.legend()
plt.show()

# %% [markdown]
# ## (b) The choice by validation, then the test images
#
# An image is called ill where the score is at least 0: even odds under even shares. The best
# strategy is the one with the highest validation accuracy.

# %%
# source: problems.csci5527_hw3.p4_transfer.binary_metrics

# %%
ill = {part: data[part]["y"] == 1 for part in ("val", "test")}
cut = dict.fromkeys(STRATEGIES, 0.0)
validation = {
    name: float(measures(scores[name]["val"], ill["val"], cut[name])["accuracy"])
    for name in STRATEGIES
}
best = max(validation, key=validation.get)
print(f"best by validation: {best}, {validation[best]:.2%}")

# %%
for name in STRATEGIES:
    told = assessed(
        scores[name]["test"], ill["test"], cut[name], data["test"]["patient"], seed=SEED
    )
    print(f"{name}, validation accuracy {validation[name]:.2%}; on the test images")
    for measure in MEASURES:
        low, high = told["intervals"][measure]["low"], told["intervals"][measure]["high"]
        print(f"    {measure:18} {told[measure]:.2%} ({low:.1%} to {high:.1%})")

# %%
called = scores[best]["test"] >= cut[best]
ConfusionMatrixDisplay(confusion_matrix(ill["test"], called), display_labels=CLASSES).plot(
    cmap="cividis", colorbar=False
)
plt.show()

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
for name in STRATEGIES:
    _, false, true = roc(scores[name]["test"], ill["test"])
    precision, recall = precision_recall(scores[name]["test"], ill["test"])
    left.plot(false, true, label=name)
    right.plot(recall, precision)
left.set(xlabel="1 − specificity", ylabel="sensitivity")
right.set(xlabel="recall", ylabel="precision")
left.legend()
plt.show()

# %% [markdown]
# Which regions decided: the score divided among the places of the last maps (Grad-CAM).

# %%
# source: problems.csci5527_hw3.p4_transfer.gradcam

# %%
right_or_wrong = [
    ("found", called & ill["test"]), ("cleared", ~called & ~ill["test"]),
    ("missed", ~called & ill["test"]), ("alarm", called & ~ill["test"]),
]  # fmt: skip
figure, panels = plt.subplots(1, 4, figsize=(12, 3.4))
for panel, (kind, rows) in zip(panels, right_or_wrong, strict=True):
    panel.axis("off")
    if not rows.any():
        continue
    row = np.flatnonzero(rows)[:1]
    seen = prepared(gray(data["test"]["x"], row).to(device), SEEN)
    region = enlarged(evidence(models[best], seen), SEEN)[0].cpu().numpy()
    limit = np.abs(region).max()
    panel.imshow(seen[0, 0].cpu(), cmap="gray")
    panel.imshow(region, cmap="RdBu_r", vmin=-limit, vmax=limit, alpha=0.5)
    panel.set_title(f"{kind}: score {scores[best]['test'][row[0]]:.2f}")
plt.show()

# %% [markdown]
# What a threshold with equal rates on validation does, and where accuracy is lost on the test
# images:

# %%
equal = balanced_threshold(scores[best]["val"], ill["val"])
for part in ("val", "test"):
    for what, threshold in (("even odds", 0.0), ("equal rates on validation", equal)):
        told = measures(scores[best][part], ill[part], threshold)
        rates = ", ".join(
            f"{name} {float(told[name]):.1%}" for name in ("accuracy", "sensitivity", "specificity")
        )
        print(f"{part}, {what}: {rates}")
