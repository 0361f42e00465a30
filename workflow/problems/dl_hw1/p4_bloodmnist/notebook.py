# %% [markdown]
# # Deep Learning, homework 1, problem 4: blood cell classification with MLPs
#
# A perceptron 2352–256–128–8 is trained on BloodMNIST, and its mistakes and its confidence are
# looked at. The notebook needs numpy, scipy, scikit-learn, torch, medmnist, tqdm and matplotlib,
# and runs on one CPU core in about a minute.

# %%
import os
import socket

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.special import softmax
from sklearn.metrics import ConfusionMatrixDisplay, classification_report, confusion_matrix

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
NAMES = (
    "Basophil", "Eosinophil", "Erythroblast", "Immature Granulocyte (IG)",
    "Lymphocyte", "Monocyte", "Neutrophil", "Platelet",
)  # fmt: skip

# %% [markdown]
# ## Q4.1 Loading and exploring the data
#
# From a mirror if there is one, else by `medmnist`. Without either, cells are drawn: eight types
# that differ in nucleus, granules and color. Numbers are then those of drawn cells, and the
# notebook says so.

# %%
# source: proofsheet.data.standins.blood
# source: proofsheet.data.splits


# %%
PARTS = ("train", "val", "test")


def mirrored():
    """The file in a mirror or beside the notebook."""
    for folder in (os.path.join(os.environ.get("PROOFSHEET_MIRROR") or "", "bloodmnist"), "."):
        path = os.path.join(folder, "bloodmnist.npz")
        if os.path.exists(path):
            print(f"Read from {os.path.basename(path)}.")
            with np.load(path) as archive:
                return {
                    part: (archive[f"{part}_images"], archive[f"{part}_labels"].ravel())
                    for part in PARTS
                }
    return None


def official():
    """By the dataset's own client, if its host can be reached."""
    try:
        socket.create_connection(("zenodo.org", 443), timeout=5).close()
        from medmnist import BloodMNIST

        sets = {part: BloodMNIST(split=part, download=True, root=".") for part in PARTS}
    except Exception as error:
        print(f"medmnist cannot fetch it ({error}).")
        return None
    return {part: (data.imgs, data.labels.ravel()) for part, data in sets.items()}


def drawn():
    """Cells drawn by the project."""
    print("NOT THE REAL DATA: these cells are drawn.")
    x, y = simulate(600 if QUICK else 2000, SEED)
    picked = stratified_split(y, (0.7, 0.1, 0.2), SEED)
    return {part: (x[rows], y[rows]) for part, rows in zip(PARTS, picked, strict=True)}


data = mirrored() or official() or drawn()
images = {part: x for part, (x, _) in data.items()}
labels = {part: y.astype(np.int64) for part, (_, y) in data.items()}
for part in PARTS:
    print(f"{part}: {len(labels[part]):,} images of {images[part].shape[1:]}")

# %% [markdown]
# The definitions behind the analysis: features of an image, counts of errors.

# %%
# source: proofsheet.jobs.progress

# %%
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: proofsheet.learning.loop

# %%
# source: problems.dl_hw1.p4_bloodmnist.live_units

# %%
# source: problems.dl_hw1.p4_bloodmnist.model

# %%
# source: problems.dl_hw1.p4_bloodmnist.analysis

# %% [markdown]
# Sixteen random training images, two of each type:

# %%
grid = two_of_each(labels["train"], len(NAMES), SEED)
figure, axes = plt.subplots(2, 8, figsize=(12, 3.2))
for (i, k), panel in np.ndenumerate(axes):
    panel.imshow(images["train"][grid[i, k]])
    panel.set_title(NAMES[k].replace(" (IG)", ""), fontsize=8)
    panel.axis("off")
plt.show()

# %%
counts = np.bincount(labels["train"], minlength=len(NAMES))
plt.figure(figsize=(7, 3))
plt.bar_label(plt.barh(NAMES, counts))
plt.axvline(counts.mean(), color="0.3", ls="--")
plt.gca().invert_yaxis()
plt.xlabel("training images")
plt.show()
balance(counts, NAMES)

# %% [markdown]
# Is it balanced? `ratio` is that of the largest to the smallest class; up to 1.5 I call a set
# balanced.
#
# ## Q4.2 Building and training the MLP
#
# Adam with learning rate 1e-3, cross-entropy, 30 epochs, batches of 64. All images are one
# tensor, from which batches are picked by index.

# %%
model_of, curves_of, logits = {}, {}, {}


def fit(kind):
    """Train one of the networks; keep its curves and its logits."""
    recipe = RECIPES[kind]
    if QUICK:
        recipe = Recipe(2, recipe.batch, recipe.learning_rate, recipe.decay)
    rows = {
        part: (scaled(images[part], device), torch.from_numpy(labels[part]).to(device))
        for part in PARTS
    }
    if QUICK:
        rows["train"] = tuple(part[::6] for part in rows["train"])
    torch.manual_seed(SEED)
    model = model_of[kind] = network(kind).to(device)
    arguments = {"seed": SEED, "label": kind}
    if kind == "cnn":
        curves_of[kind] = train(
            model, rows["train"], rows["val"], recipe, augment=turned,
            mixed=mixed_precision(device), **arguments,
        )  # fmt: skip
    else:
        curves_of[kind] = train_live(model, rows["train"], rows["val"], recipe, **arguments)
    logits[kind] = {
        part: logits_of(model, rows[part][0]).double().cpu().numpy() for part in ("val", "test")
    }


fit("mlp")
print(model_of["mlp"])
print(f"{parameter_count(model_of['mlp']):,} parameters")

# %%
figure, panels = plt.subplots(1, 2, figsize=(10, 3.2))
curves = curves_of["mlp"]
for panel, name in zip(panels, ("loss", "accuracy"), strict=True):
    epochs = np.arange(1, len(curves[name]) + 1)
    panel.plot(epochs, curves[name], label="training")
    panel.plot(epochs, curves[f"validation_{name}"], "--", label="validation")
    panel.set(xlabel="epoch", ylabel=name)
    panel.legend()
plt.show()
fitting(curves)

# %% [markdown]
# What becomes of the first layer, whose inputs are never negative (`live_units` above):

# %%
first_layer(curves["live_units"], SIZES, images["train"], RECIPES["mlp"].learning_rate)

# %% [markdown]
# ## Q4.3 Evaluation and analysis

# %%
y = labels["test"]
p = softmax(logits["mlp"]["test"], axis=1)
predicted = p.argmax(axis=1)
print(f"Test accuracy: {100 * (predicted == y).mean():.2f} %")

# %%
confusion = confusion_matrix(y, predicted, labels=range(len(NAMES)))
figure, axes = plt.subplots(figsize=(7, 7))
ConfusionMatrixDisplay(confusion, display_labels=NAMES).plot(
    ax=axes, cmap="cividis", xticks_rotation=45, colorbar=False
)
plt.show()

# %%
for entry in most_confused(confusion, NAMES):
    print(f"{entry['true']} taken for {entry['predicted']}: {entry['count']} images")
for entry in most_confused_pairs(confusion, NAMES):
    print(f"{entry['first']} and {entry['second']}, both directions: {entry['count']}")

# %%
print(
    classification_report(
        y, predicted, labels=range(len(NAMES)), target_names=NAMES, zero_division=0, digits=3
    )
)

# %% [markdown]
# The type of lowest recall, five of its errors, and what may explain them. Seven named features
# of each image are compared; the convolutional reference at the end says how much of the
# difficulty is the network's.

# %%
typical = typical_features(features(images["train"]), labels["train"], len(NAMES))
seen = features(images["test"])
hardest = struggling_class(confusion, y, predicted, seen, typical, counts, NAMES, seed=SEED)
figure, axes = plt.subplots(1, 5, figsize=(10, 2.4))
for panel in axes:
    panel.axis("off")
for panel, example in zip(axes, hardest["examples"], strict=False):
    panel.imshow(images["test"][example["row"]])
    panel.set_title(f"called {example['predicted']}", fontsize=8)
figure.suptitle(f"{hardest['name']}, missed")
plt.show()

# %%
print(
    f"{hardest['name']} has the lowest recall, {100 * hardest['recall']:.1f} %. It has"
    f" {hardest['training_count']} training images, more than {hardest['rarer_classes']} of the"
    f" other types. It is most often taken for {hardest['called']}"
    f" ({hardest['called_count']} of {hardest['errors']} errors)."
    f" {100 * hardest['more_typical_of_predicted']:.0f} % of its errors are more typical of the"
    " type that was named than of their own."
)

# %% [markdown]
# ## Q4.4 Prediction confidence
#
# High confidence is above 0.9, low is below 0.6.

# %%
inside = quadrants(p, y, NAMES, seed=SEED)
corners = [f"{a}_{b}" for a in ("confident", "uncertain") for b in ("correct", "incorrect")]
figure, axes = plt.subplots(2, 4, figsize=(12, 7))
for panel in axes.flat:
    panel.axis("off")
for q, corner in enumerate(corners):
    print(f"{corner}: {inside[corner]['count']} images")
    for j, example in enumerate(inside[corner]["examples"]):
        panel = axes[q // 2, 2 * (q % 2) + j]
        panel.imshow(images["test"][example["row"]])
        panel.set_title(
            f"{corner.replace('_', ', ')}\ntrue: {example['true']}\n"
            f"predicted: {example['predicted']}\nconfidence {example['confidence']:.3f}",
            fontsize=8,
        )
plt.show()

# %%
errors = confident_errors(p, y, seen, typical)
print(
    f"Of {errors['of']} confident answers {errors['count']} are wrong; the stated confidences"
    f" predict {errors['expected']:.1f} ± {errors['expected_deviation']:.1f} errors."
    f" {100 * errors['more_typical_of_predicted']:.0f} % of them are more typical of the type that"
    " was named than of their own."
    " Softmax only weighs the eight types against each other, so that nothing can say 'I have not"
    " seen this before'. Cross-entropy goes on rewarding larger logits for images that are"
    " classified correctly, and the lead of those on the wrong side grows with them."
)

# %% [markdown]
# ## Beyond the text: calibration, and a convolutional reference

# %%
# source: problems.dl_hw1.p4_bloodmnist.calibration

# %%
fit("cnn")
figure, panels = plt.subplots(1, 2, figsize=(9, 4))
for panel, kind in zip(panels, ("mlp", "cnn"), strict=True):
    temperature = fit_temperature(logits[kind]["val"], labels["val"])
    panel.plot([0, 1], [0, 1], color="0.6")
    right = logits[kind]["test"].argmax(axis=1) == y
    print(f"{kind}: test accuracy {100 * right.mean():.2f} %, temperature {temperature:.3f}")
    for label, t in (("as trained", 1.0), ("tempered", temperature)):
        sure = softmax(logits[kind]["test"] / t, axis=1).max(axis=1)
        found = reliability(sure, right)
        some = found.count >= 10
        error = expected_calibration_error(sure, right)
        panel.plot(found.confidence[some], found.accuracy[some], "o-",
                   label=f"{label}: ECE {100 * error:.2f} %")  # fmt: skip
    panel.set(title=kind, xlabel="confidence", ylabel="share correct")
    panel.legend()
plt.show()
