# %% [markdown]
# # Deep Learning, homework 1, problem 4: blood cell classification with MLPs
#
# Needs `pip install numpy scipy scikit-learn torch medmnist matplotlib`. Beside the results
# of the workflow it reads the trained networks; elsewhere it trains them, in about a minute
# on one core.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.special import softmax
from sklearn.metrics import ConfusionMatrixDisplay, classification_report, confusion_matrix

SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
if device.type == "cpu":
    torch.set_float32_matmul_precision("medium")  # products round as in the report

# %% [markdown]
# ## Q4.1 Loading and exploring the data

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, prepared, divided, saved, drawn


# %%
def official():
    """BloodMNIST by `medmnist`, or noise where there is no network."""
    from medmnist import BloodMNIST

    try:
        parts = {
            name: BloodMNIST(name, download=True, root=".") for name in ("train", "val", "test")
        }
    except (OSError, RuntimeError) as error:
        return drawn((28, 28, 3), 8, f"medmnist cannot fetch BloodMNIST ({error})")
    names = [n.split("(")[0].capitalize() for n in parts["train"].info["label"].values()]
    return divided({name: {"x": p.imgs, "y": p.labels.ravel()} for name, p in parts.items()}, names)


data = prepared("bloodmnist") or official()
NAMES = data.class_names
for name in ("train", "val", "test"):
    print(f"counts.{name} = {len(getattr(data, name).y):,}")

# %%
# source: problems.dl_hw1.p4_bloodmnist.analysis: HIGH, LOW, picked, two_of_each, most_confused

# %% [markdown]
# Two random training images of each type:

# %%
grid = two_of_each(data.train.y, len(NAMES), SEED)
figure, axes = plt.subplots(2, 8, figsize=(12, 3.2))
for (i, k), panel in np.ndenumerate(axes):
    panel.imshow(data.train.x[grid[i, k]])
    panel.set_title(NAMES[k].split(" (")[0], fontsize=8)
    panel.axis("off")
plt.show()

# %%
counts = np.bincount(data.train.y, minlength=len(NAMES))
plt.figure(figsize=(7, 3))
plt.bar_label(plt.barh(NAMES, counts))
plt.margins(x=0.1)
plt.axvline(counts.mean(), color="0.3", ls="--")
plt.gca().invert_yaxis()
plt.xlabel("training images")
plt.show()
print(f"balance.ratio = {counts.max() / counts.min():.2f}")

# %% [markdown]
# Is the set balanced? No: the largest class has `balance.ratio` times as many images as the
# smallest.
#
# ## Q4.2 Building and training the MLP
#
# Adam with learning rate 1e-3 on the cross-entropy, 30 epochs, mini-batches of 64; no
# augmentation and no early stopping. Pixels are scaled to [0, 1].

# %%
# source: proofsheet.notebooks.epochs

# %%
# source: proofsheet.learning.loop: denormals_flushed, fit, logits_of
# source: proofsheet.learning.loop: share_right, parameter_count, perceptron

# %%
# source: proofsheet.learning.recipes: AdamRecipe, changed

# %%
# source: problems.dl_hw1.p4_bloodmnist.model: SIZES, RECIPES, scaled, turned, all_turned
# source: problems.dl_hw1.p4_bloodmnist.model: standardize

# %%
# source: problems.dl_hw1.p4_bloodmnist.train

# %%
RUNS = "dl_hw1/p4_bloodmnist/runs"
run, arrays = saved(f"{RUNS}/mlp-{SEED}") or train(data, device, network="mlp", seed=SEED)
print(perceptron(SIZES))
print(f"mlp.parameters = {run['parameters']:,}")

# %%
figure, panels = plt.subplots(1, 2, figsize=(10, 3.2))
epochs = np.arange(1, len(run["loss"]) + 1)
for panel, name in zip(panels, ("loss", "accuracy"), strict=True):
    panel.plot(epochs, run[name], label="training")
    panel.plot(epochs, run[f"validation_{name}"], "--", label="validation")
    panel.set(xlabel="epoch", ylabel=name)
    panel.legend()
plt.show()
print(f"fitting.lowest_epoch = {np.argmin(run['validation_loss']) + 1}")
print(f"fitting.lowest = {min(run['validation_loss']):.3f}")
print(f"mlp.train_accuracy = {100 * run['train_accuracy']:.2f} %")

# %% [markdown]
# ## Q4.3 Evaluation and analysis

# %%
y = data.test.y
p = softmax(arrays["test_logits"], axis=1)
predicted = p.argmax(axis=1)
print(f"test_accuracy = {100 * (predicted == y).mean():.2f} %")

# %%
confusion = confusion_matrix(y, predicted, labels=range(len(NAMES)))
figure, axes = plt.subplots(figsize=(7, 7))
ConfusionMatrixDisplay(confusion, display_labels=NAMES).plot(
    ax=axes, cmap="cividis", xticks_rotation=45, colorbar=False
)
plt.show()

# %% [markdown]
# The two most confused pairs, with the count of images:

# %%
for i, entry in enumerate(most_confused(confusion, NAMES)):
    print(f"{entry['true']} classified as {entry['predicted']}")
    print(f"most_confused.{i}.count = {entry['count']}")

# %%
print(
    classification_report(
        y, predicted, labels=range(len(NAMES)), target_names=NAMES, zero_division=0, digits=3
    )
)

# %% [markdown]
# The type with the lowest recall, and five of the images of it that are missed:

# %%
recalls = np.diag(confusion) / confusion.sum(axis=1)
hardest = int(recalls.argmin())
print(f"Lowest recall: {NAMES[hardest]}")
print(f"lowest_recall.recall = {100 * recalls[hardest]:.2f} %")
figure, axes = plt.subplots(1, 5, figsize=(10, 2.4))
missed = np.flatnonzero((y == hardest) & (predicted != hardest))
for panel in axes:
    panel.axis("off")
for panel, row in zip(axes, picked(np.isin(np.arange(len(y)), missed), 5, SEED), strict=False):
    panel.imshow(data.test.x[row])
    panel.set_title(f"called {NAMES[predicted[row]].split(' (')[0]}", fontsize=8)
plt.show()

# %% [markdown]
# **Hypothesis.** In our run these are immature granulocytes, most often called monocytes. They
# comprise several stages of maturation; the nucleus of the later ones is indented like that of a
# monocyte, and at 28 × 28 pixels the granules that would tell them apart are barely visible. The
# perceptron cannot use such fine structure well, because it has to learn it separately at each
# place. A lack of examples is not the reason: the type is one of the most frequent.
#
# ## Q4.4 Prediction confidence
#
# High confidence is above 0.9, low is below 0.6; two images of each of the four kinds.

# %%
confidence, correct = p.max(axis=1), predicted == y
figure, axes = plt.subplots(2, 4, figsize=(12, 7))
for panel in axes.flat:
    panel.axis("off")
levels = {"confident": confidence > HIGH, "uncertain": confidence < LOW}
outcomes = {"correct": correct, "incorrect": ~correct}
for i, (level, mask) in enumerate(levels.items()):
    for j, (outcome, right) in enumerate(outcomes.items()):
        among = mask & right
        print(f"quadrants.{level}_{outcome}.count = {among.sum()}")
        for k, row in enumerate(picked(among, 2, SEED)):
            panel = axes[i, 2 * j + k]
            panel.imshow(data.test.x[row])
            panel.set_title(
                f"{level}, {outcome}\ntrue: {NAMES[y[row]]}\npredicted: {NAMES[predicted[row]]}\n"
                f"confidence {confidence[row]:.3f}",
                fontsize=8,
            )
plt.show()

# %% [markdown]
# **Written analysis.** The confident errors are paler than confident correct images of their
# type: they have less contrast and are brighter. Most of them resemble the predicted type in
# color, brightness and the size of the stained area. Softmax only compares the eight types with
# each other, so a cell that looks like another type gets a large logit for it, and nothing can
# say "I have not seen this before". Training adds to this: the cross-entropy keeps rewarding
# larger margins, which also grow for images on the wrong side of the boundary.
#
# ## Beyond the text: a better recipe
#
# The same perceptron with standardized pixels, images turned and mirrored at random, a learning
# rate that falls to zero, and logits averaged over the eight ways to turn an image:

# %%
_, arrays = saved(f"{RUNS}/better-{SEED}") or train(data, device, network="better", seed=SEED)
print(f"better.test_accuracy = {100 * (arrays['test_logits'].argmax(axis=1) == y).mean():.2f} %")
