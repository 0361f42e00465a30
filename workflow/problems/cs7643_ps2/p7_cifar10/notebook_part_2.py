# %% [markdown]
# # Problem 7, part 2: PyTorch, and a design of our own
#
# Needs `pip install numpy torch torchvision matplotlib`. Beside the results of the workflow it
# reads the finished trainings; elsewhere it trains, in about 15 minutes on a core that
# multiplies bfloat16 fast.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
if device.type == "cpu":
    torch.set_float32_matmul_precision("medium")  # products round as in the report

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, prepared, divided, saved, drawn
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: official_cifar10, by_torchvision

# %%
data = prepared("cifar10") or official_cifar10()
NAMES = data.class_names
for part in ("train", "val", "test"):
    print(f"counts.{part} = {len(getattr(data, part).y):,}")

# %%
figure, axes = plt.subplots(2, 10, figsize=(12, 2.8))
for k, column in enumerate(axes.T):
    for panel, row in zip(column, np.flatnonzero(data.train.y == k), strict=False):
        panel.imshow(data.train.x[row])
        panel.axis("off")
    column[0].set_title(NAMES[k], fontsize=8)
plt.show()

# %% [markdown]
# ## The networks
#
# All take bytes, which the first layer standardizes per channel. The two-layer network is
# 3072 → 256 → 10 with a sigmoid; the vanilla CNN is a 7 × 7 convolution with 32 channels, ReLU, max
# pooling and a linear layer.
#
# Our own design has a thin first layer and then three times halves the image. A residual block
# follows the second and the third halving (`Detour`, He et al. 2016), and each of these four parts
# takes the same arithmetic. Stages of convolution, max pooling and residual block, the final max
# pooling and the logits divided by 8 are those of ResNet-9 (Page 2018, DAWNBench).


# %%
# source: proofsheet.learning.small_image_nets: CLASSES, Standardize, two_layer, vanilla_cnn
# source: proofsheet.learning.small_image_nets: WIDTHS, LOGIT_SCALE, Filters, Layer, Detour
# source: proofsheet.learning.small_image_nets: BalancedNet

# %% [markdown]
# ## Training
#
# SGD with momentum. For our own design Muon updates the filters, images are mirrored and shifted,
# and labels are smoothed.

# %%
# source: proofsheet.notebooks.epochs
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: proofsheet.learning.loop: denormals_flushed, fit, logits_of
# source: proofsheet.learning.loop: to_device, share_right, parameter_count
# source: proofsheet.learning.recipes: SgdRecipe, changed
# source: proofsheet.learning.augmentation

# %%
# source: proofsheet.learning.cifar_plan

# %%
# source: problems.cs7643_ps2.p7_cifar10.recipes: PLANS

# %%
RUNS = "cs7643_ps2/p7_cifar10/runs"
runs, found = {}, {}
for name in PLANS:
    run, arrays = saved(f"{RUNS}/{name}") or train_plan(
        PLANS[name], data, device, label=name, seed=SEED
    )
    runs[name], found[name] = run, arrays["test_logits"].argmax(axis=1)

# %% [markdown]
# ## Results
#
# The course expects about 30 % for the two-layer network, about 40 % for the vanilla CNN, and more
# than 50 % for a design of one's own.

# %%
y = data.test.y[: len(found["own"])]
for name, predicted in found.items():
    print(f"{name}.parameters = {parameter_count(PLANS[name].network(data.train.x[:10])):,}")
    print(f"{name}.train_accuracy = {100 * runs[name]['train_accuracy']:.2f} %")
    print(f"{name}.val_accuracy = {100 * runs[name]['val_accuracy']:.2f} %")
    print(f"{name}.test_accuracy = {100 * (predicted == y).mean():.2f} %")

# %%
figure, panels = plt.subplots(1, 3, figsize=(12, 3), sharey=True)
for panel, (name, run) in zip(panels, runs.items(), strict=True):
    for what in ("accuracy", "validation_accuracy"):
        curve = 100 * np.array(run["curves"][what])
        panel.plot(np.arange(1, len(curve) + 1), curve, "o-", label=what.replace("_", " "))
    panel.set(title=name, xlabel="epoch", ylim=(0, 100))
panels[0].set_ylabel("%")
panels[0].legend()
plt.show()

# %% [markdown]
# In the specified networks the learning rate is divided by ten after epochs 6 and 8.
#
# Where does our own design err?

# %%
confusion = np.zeros((len(NAMES), len(NAMES)), dtype=int)
np.add.at(confusion, (y, found["own"]), 1)
recalls = np.diag(confusion) / confusion.sum(axis=1)
mistakes = confusion - np.diag(np.diag(confusion))
actual, called = np.unravel_index(mistakes.argmax(), mistakes.shape)
print(f"hardest: {NAMES[recalls.argmin()]}, easiest: {NAMES[recalls.argmax()]}")
print(f"own.hardest.recall = {100 * recalls.min():.1f} %")
print(f"own.easiest.recall = {100 * recalls.max():.1f} %")
print(f"own.test_errors = {mistakes.sum():,}")
print(f"most frequent error: {NAMES[actual]} called {NAMES[called]}")
print(f"own.top_mistake.count = {mistakes.max():,}")

# %%
figure, axes = plt.subplots(figsize=(6, 6))
axes.imshow(confusion / confusion.sum(axis=1, keepdims=True), cmap="cividis")
for (row, column), count in np.ndenumerate(confusion):
    color = "black" if row == column else "white"
    axes.text(column, row, count, ha="center", va="center", color=color, fontsize=7)
axes.set_xticks(range(len(NAMES)), NAMES, rotation=45, ha="right")
axes.set_yticks(range(len(NAMES)), NAMES)
axes.set(xlabel="predicted", ylabel="true")
plt.show()
