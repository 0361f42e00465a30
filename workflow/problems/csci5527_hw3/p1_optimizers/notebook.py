# %% [markdown]
# # CSCI 5527, homework set 3, problem 1: stochastic optimization on MNIST
#
# Adagrad, RMSprop, Adam and AdamW, written on tensors, train a network of three layers; nothing of
# `torch.optim` takes part in the results. The notebook needs numpy, torch, tqdm and matplotlib
# (scikit-learn where MNIST cannot be had), and takes about a minute on one CPU core. It trains one
# seed, without a GPU for two epochs of six, and tunes on a fifth of the images; the report trains
# three seeds to the end, and tunes longer.

# %%
import os
import time

import matplotlib.pyplot as plt
import numpy as np
import torch

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEED = 0
EPOCHS = 2 if QUICK else 5 if torch.cuda.is_available() else 2
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# %% [markdown]
# ## The data
#
# Files in a mirror or beside the notebook, else torchvision, else the small digits that ship with
# scikit-learn, and then the notebook says so. A sixth of the training images is for validation.

# %%
# source: proofsheet.data.mnist_files
# source: proofsheet.data.standins.digits
# source: proofsheet.notebooks.loaders.mnist

# %%
(images, labels), (test_images, test_labels) = load_mnist(seed=SEED)
order = np.random.default_rng(SEED).permutation(len(labels))
if QUICK:
    order = order[:1800]
cut = len(order) // 6
picked = {"validation": order[:cut], "train": order[cut:]}
print({part: len(rows) for part, rows in picked.items()} | {"test": len(test_labels)})

# %% [markdown]
# ## (b)–(d) The optimizers
#
# Each is one function of one parameter, `update`; the class `Optimizer` keeps the state.

# %%
# source: proofsheet.learning.optimizers

# %% [markdown]
# ## (a) Network and loss
#
# Two convolutions and a linear layer; the loss is the cross-entropy. Training images are moved by
# up to one pixel. The learning rate rises for the first 100 steps, then falls along half a cosine.

# %%
# source: proofsheet.jobs.progress

# %%
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: proofsheet.learning.loop

# %%
# source: problems.csci5527_hw3.p1_optimizers.network: OPTIMIZERS, IMPLEMENTATIONS, CHANNELS
# source: problems.csci5527_hw3.p1_optimizers.network: BATCH, WARM_UP, SHIFT
# source: problems.csci5527_hw3.p1_optimizers.network: network, layer_parameters, scaled, shifted
# source: problems.csci5527_hw3.p1_optimizers.network: make_optimizer, fit, predictions

# %%
print(network())
print(f"{len(layer_parameters(network()))} layers, {parameter_count(network()):,} parameters")
rows = {
    part: (
        scaled(images[index], device),
        torch.from_numpy(labels[index].astype(np.int64)).to(device),
    )
    for part, index in picked.items()
}

# %% [markdown]
# ## The learning rates
#
# One epoch on a fifth of the images each; the rate with the least objective on the validation
# images is taken. The test images are not used.

# %%
RATES = {
    "adagrad": (0.01, 0.03, 0.1, 0.3),
    "rmsprop": (0.001, 0.003, 0.01, 0.03),
    "adam": (0.001, 0.003, 0.01, 0.03, 0.1),
    "adamw": (0.001, 0.003, 0.01, 0.03, 0.1),
}


def validation_objective(name, rate):
    """After one epoch on a fifth of the images."""
    few = tuple(part[: len(part) // 5] for part in rows["train"])
    _, curves = fit(name, {"lr": rate}, few, rows["validation"], Recipe(1, BATCH), seed=SEED)
    return curves["validation_loss"][-1]


chosen = {}
for name, rates in RATES.items():
    scores = {rate: validation_objective(name, rate) for rate in rates}
    chosen[name] = min(scores, key=scores.get)
    shown = ", ".join(f"{rate:g}: {score:.4f}" for rate, score in scores.items())
    print(f"{OPTIMIZERS[name].__name__:8} {shown} -> {chosen[name]:g}")

# %% [markdown]
# ## The trainings

# %%
curves_of, accuracy_of = {}, {}
for name, rate in chosen.items():
    start = time.perf_counter()
    model, curves_of[name] = fit(
        name, {"lr": rate}, rows["train"], rows["validation"], Recipe(EPOCHS, BATCH), seed=SEED
    )
    seconds = (time.perf_counter() - start) / EPOCHS
    right = predictions(model, scaled(test_images, device)) == test_labels
    accuracy_of[name] = right.mean()
    print(
        f"{OPTIMIZERS[name].__name__:8} test accuracy {100 * accuracy_of[name]:.2f} %"
        f" ({seconds:.1f} s per epoch)"
    )

# %% [markdown]
# The objective against the epoch. That of the training images is the mean over the epoch while the
# weights change, on moved images; that of the validation images is measured at its end.

# %%
figure, panels = plt.subplots(2, 2, figsize=(10, 6), layout="constrained", sharex=True, sharey=True)
for panel, (name, curves) in zip(panels.flat, curves_of.items(), strict=True):
    epochs = np.arange(1, EPOCHS + 1)
    panel.semilogy(epochs, curves["loss"], label="training")
    panel.semilogy(epochs, curves["validation_loss"], "--", label="validation")
    panel.set(title=OPTIMIZERS[name].__name__, xlabel="epoch", ylabel="objective")
panels[0, 0].legend()
plt.show()

# %% [markdown]
# ## (e) The 98 % test, and the built-in optimizers
#
# Given the same gradients, ours and PyTorch's take the same steps: 200 of them in float64.

# %%
for name in OPTIMIZERS:
    ends = []
    for cls in (OPTIMIZERS[name], getattr(torch.optim, OPTIMIZERS[name].__name__)):
        generator = torch.Generator().manual_seed(0)
        p = torch.ones(50, dtype=torch.float64, requires_grad=True)
        optimizer = cls([p], lr=0.01)
        for _ in range(200):
            noise = torch.randn(50, generator=generator, dtype=torch.float64)
            optimizer.zero_grad()
            ((p + noise) ** 2 + torch.sin(3 * p)).sum().backward()
            optimizer.step()
        ends.append(p.detach())
    difference = (ends[0] - ends[1]).abs().max().item()
    print(f"{OPTIMIZERS[name].__name__:8} largest difference after 200 steps: {difference:.1e}")
    assert difference <= 1e-10

# %%
passed = [OPTIMIZERS[name].__name__ for name, value in accuracy_of.items() if value >= 0.98]
print(f"At 98 % or more: {', '.join(passed) or 'none'}")
if len(labels) == 60_000 and not QUICK:  # MNIST itself
    assert len(passed) >= 2
