# %% [markdown]
# # Deep Learning, homework 1, problem 5: weight initialization and training dynamics
#
# Needs `pip install numpy torch torchvision matplotlib pandas`. Beside the results of the
# workflow it reads the eight trainings; elsewhere it runs them, in about five minutes on one CPU
# core.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch

SEEDS = [0, 1, 2]
METHODS = ("zero", "small_random", "xavier", "he")
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
if device.type == "cpu":
    torch.set_float32_matmul_precision("medium")  # products round as in the report

# %% [markdown]
# ## Q5.1 Initialization schemes

# %%
# source: problems.dl_hw1.p5_initialization.initialization: STANDARD_DEVIATION, initialize_weights

# %% [markdown]
# The standard deviations of drawn weights beside those that are asked for:

# %%
table = pd.DataFrame(
    {
        method: {
            "asked for": STANDARD_DEVIATION[method](784, 256),
            "drawn": float(
                initialize_weights((784, 256), method, torch.Generator().manual_seed(0)).std()
            ),
        }
        for method in METHODS
    }
)
print(table.T)

# %% [markdown]
# ## Q5.2 Activation statistics before training, tanh
#
# The network is 784 → 256 → 256 → 256 → 256 → 256 → 10. We subtract one mean from all pixels and
# divide by one standard deviation. Every number is over three seeds, whose networks are trained
# side by side; zero weights are the same for every seed, so there is one such network.

# %%
# source: problems.dl_hw1.p5_initialization.model

# %% [markdown]
# The theory of wide networks predicts the mean and the standard deviation of each layer:

# %%
# source: problems.dl_hw1.p5_initialization.signal_propagation

# %% [markdown]
# One training: statistics of the untrained networks on 256 random images, then ten epochs of SGD
# (learning rate 0.1, batches of 128, cross-entropy).

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, prepared, divided, published, saved, drawn
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: published_mnist, official_mnist, by_torchvision

# %%
# source: proofsheet.notebooks.epochs
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision

# %%
# source: problems.dl_hw1.p5_initialization.train

# %%
RUNS = "dl_hw1/p5_initialization/runs"
data, runs = None, {}
for activation in ("tanh", "relu"):
    for method in METHODS:
        found = saved(f"{RUNS}/{activation}-{method}")
        if found is None:
            data = data or published_mnist()
            found = train(data, device, activation=activation, method=method, seeds=SEEDS)
        runs[activation, method] = found


# %%
def draw_statistics(activation):
    """Mean and standard deviation of the activations against the layer; crosses are predicted."""
    _, axes = plt.subplots(1, 2, figsize=(11, 3.2))
    for method in METHODS:
        _, arrays = runs[activation, method]
        for axis, name in zip(axes, ("mean", "std"), strict=True):
            layers = np.arange(1, 6)
            axis.plot(layers, arrays[name].mean(axis=0), "o-", label=method)
            axis.plot(layers, arrays[f"predicted_{name}"], "kx")
            axis.set(xlabel="hidden layer", ylabel=f"{name} of the activations", xticks=layers)
    axes[1].set_yscale("symlog", linthresh=1e-5)
    axes[1].set_ylim(-2e-6, 2)  # zero weights lie on the axis
    axes[1].legend(loc=(0.02, 0.12), fontsize=8)
    plt.show()


draw_statistics("tanh")

# %%
# source: problems.dl_hw1.p5_initialization.summary: NAMES, over_seeds, recommendation

# %%
results = {"tanh": {}, "relu": {}}
for (activation, method), (run, arrays) in runs.items():
    results[activation][method] = over_seeds(run, arrays)
for method in METHODS:
    print(f"tanh.{method}.kept = {results['tanh'][method]['kept']:.3f}")

# %% [markdown]
# `kept` is the standard deviation of the last hidden layer over that of the first. Activations
# vanish with zero and with small random weights, because each layer multiplies the deviation by
# $\sqrt{256}\cdot 0.01 = 0.16$; Xavier's decline slowly, because tanh contracts; He's settle
# where saturation balances their gain. Xavier is designed for tanh and other sigmoids: they are
# nearly linear around the origin, and a variance of $2/(n + m)$ then keeps the size of
# activations (going forward) and of gradients (going backward).
#
# ## Q5.3 Training dynamics, tanh


# %%
def draw_losses(activation):
    """Training loss against the epoch, mean over the seeds and a seventh of an epoch."""
    plt.figure(figsize=(9, 3.2))
    for method in METHODS:
        losses = runs[activation, method][1]["losses"].mean(axis=0)
        epochs = runs[activation, method][1]["epoch_losses"].shape[1]
        parts = np.array_split(losses, min(7 * epochs, len(losses)))
        places = epochs * (np.arange(len(parts)) + 0.5) / len(parts)
        plt.semilogy(places, [part.mean() for part in parts], label=method)
    plt.xlabel("epoch")
    plt.ylabel("training loss")
    plt.legend()
    plt.show()


def print_accuracies(activation):
    """Median test accuracy over the seeds."""
    for method in METHODS:
        print(
            f"{activation}.{method}.test_accuracy ="
            f" {100 * results[activation][method]['test_accuracy']:.2f} %"
        )


draw_losses("tanh")
print_accuracies("tanh")

# %% [markdown]
# With zero weights every gradient but that of the output bias is exactly zero: ten parameters
# learn how frequent the digits are, and the network names the same digit for every image.

# %%
state = runs["tanh", "zero"][0]["trained"]
print(f"Largest of all other parameters after training: {state['largest_inner']}")
print(f"zero.bias_loss = {state['bias_loss']:.4f}")
print(f"zero.entropy = {state['entropy']:.4f}")

# %% [markdown]
# ## Q5.4 The same with ReLU

# %%
draw_statistics("relu")
draw_losses("relu")
print_accuracies("relu")
for method in METHODS:
    print(f"relu.{method}.kept = {results['relu'][method]['kept']:.3f}")

# %% [markdown]
# ReLU activations are never negative and have no scale of their own: mean and deviation change by
# one factor $\sqrt{n\sigma^2/2}$ per layer, without the saturation that holds tanh. He is
# designed for ReLU because ReLU halves the mean square of a symmetric input and $\sigma^2 = 2/n$
# doubles it again.
#
# The highest median accuracy decides which method we recommend; if the seeds of others overlap
# with those of the best, the one of them that keeps the deviation best.

# %%
table = pd.DataFrame(
    {
        activation: {
            "recommended": (best := recommendation(methods))["method"],
            "test accuracy": f"{100 * best['test_accuracy']:.2f} %",
            "deviation kept": round(float(best["kept"]), 2),
            "overlapping methods": best["overlapping"],
        }
        for activation, methods in results.items()
    }
)
print(table.T)
