# %% [markdown]
# # Deep Learning, homework 1, problem 5: weight initialization and training dynamics
#
# A network of five hidden layers of 256 units on MNIST, for four initializations and two
# activations: statistics of the activations before training, loss curves and test accuracies.
#
# The notebook needs numpy, torch, matplotlib and pandas (scikit-learn where MNIST cannot be had),
# and takes about a minute on one CPU core. It trains one seed, without a GPU on a quarter of the
# images; the report trains three on all of them.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEEDS = [0]
EPOCHS = 1 if QUICK else 10
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
METHODS = {"zero": "zero", "small_random": "small random", "xavier": "Xavier", "he": "He"}

# %% [markdown]
# ## The data
#
# Files in a mirror or beside the notebook, else torchvision, else the small digits that ship with
# scikit-learn, and then the notebook says so. Pixels have one mean subtracted and are divided by
# one standard deviation, because Xavier's and He's arguments are about inputs of mean square 1.

# %%
# source: proofsheet.data.mnist_files
# source: proofsheet.data.standins.digits
# source: proofsheet.notebooks.loaders.mnist

# %%
(images, labels), (test_images, test_labels) = load_mnist(seed=0)
if QUICK:
    images, labels = images[:3000], labels[:3000]
elif device.type == "cpu":
    images, labels = images[: len(images) // 4], labels[: len(labels) // 4]
print(f"{len(images)} training and {len(test_images)} test images")

# %% [markdown]
# ## Q5.1 Initialization schemes

# %%
# source: problems.dl_hw1.p5_initialization.initialization

# %%
pd.DataFrame(
    {
        name: {
            "wanted": STANDARD_DEVIATION[method](784, 256),
            "drawn": initialize_weights((784, 256), method, torch.Generator().manual_seed(0))
            .std()
            .item(),
        }
        for method, name in METHODS.items()
    }
).transpose()

# %% [markdown]
# ## Q5.2 Activation statistics before training
#
# Networks of several seeds are the slices of one tensor per layer.

# %%
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: problems.dl_hw1.p5_initialization.model

# %% [markdown]
# What to expect in a wide network: the variance q of the pre-activations, from layer to layer.

# %%
# source: problems.dl_hw1.p5_initialization.signal_propagation

# %%
mean, std = float(images.mean()), float(images.std())
x, test_x = (standardized(part, mean, std).to(device) for part in (images, test_images))
y, test_y = (torch.from_numpy(part.astype(np.int64)).to(device) for part in (labels, test_labels))
sizes = (784, 256, 256, 256, 256, 256, 10)
probe = torch.from_numpy(np.random.default_rng(0).choice(len(y), 256, replace=False))
squared_norms = x[probe].double().square().sum(dim=1).cpu().numpy()


def show_statistics(activation):
    """Mean and standard deviation by layer, with crosses for the prediction."""
    _, panels = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    rows = {}
    for method, name in METHODS.items():
        networks = DeepNetworks(sizes, method, activation, SEEDS, device)
        found = statistics(networks, x[probe], y[probe])
        predicted = predicted_statistics(squared_norms, sizes, method, activation)
        for panel, key in zip(panels, ("mean", "std"), strict=True):
            panel.plot(range(1, 6), found[key].mean(axis=0), "o-", label=name)
            panel.plot(range(1, 6), getattr(predicted, key), "kx")
            panel.set(xlabel="hidden layer", title=f"{activation}: {key} of the activations")
        rows[name, "measured"] = found["std"].mean(axis=0)
        rows[name, "predicted"] = predicted.std
    panels[1].set_yscale("symlog", linthresh=1e-5)
    panels[1].legend()
    plt.show()
    return pd.DataFrame(rows, index=[f"layer {layer}" for layer in range(1, 6)]).T


show_statistics("tanh")

# %% [markdown]
# **Analysis.** Zero weights give deviation zero, and small random ones multiply it by about 0.16 in
# every layer: both vanish. He's weights hold it nearly constant from the third layer on, and
# Xavier's let it decline slowly, like a power of the depth. Xavier is designed for activations that
# are linear near zero, as tanh and (shifted) sigmoid are: a layer multiplies variances by n σ²
# forward and by m σ² backward, and 2/(n + m) keeps both near 1.

# %% [markdown]
# ## Q5.3 Training dynamics


# %%
def train(activation):
    """Train the four networks; draw the loss curves and return the accuracies."""
    plt.figure(figsize=(7, 3))
    rows, trained = {}, {}
    for method, name in METHODS.items():
        networks = DeepNetworks(sizes, method, activation, SEEDS, device)
        mixed = mixed_precision(device)
        losses = np.concatenate(
            [train_epoch(networks, x, y, mixed=mixed) for _ in range(EPOCHS)], axis=1
        )
        blocks = np.array_split(losses.mean(axis=0), 7 * EPOCHS)
        plt.semilogy(np.arange(len(blocks)) / 7, [block.mean() for block in blocks], label=name)
        accuracy = np.median(accuracies(networks, test_x, test_y))
        rows[name] = {"test accuracy (%)": 100 * accuracy, "last loss": blocks[-1].mean()}
        trained[method] = networks
    plt.xlabel("epoch")
    plt.ylabel(f"training loss, {activation}")
    plt.legend()
    plt.show()
    return pd.DataFrame(rows).T, trained


table, trained = train("tanh")
table.round(4)

# %% [markdown]
# The zero network is not quite without a gradient. All weights stay exactly zero, but the output
# bias learns how frequent the digits are, and the loss falls from log 10 to the entropy of these
# frequencies.

# %%
trained_state(trained["zero"], y) | {"log 10": np.log(10)}

# %% [markdown]
# ## Q5.4 The same with ReLU

# %%
show_statistics("relu")

# %%
relu_table, _ = train("relu")
relu_table.round(4)

# %% [markdown]
# **Analysis.** ReLU's activations are never negative, so their means are not zero, and there is no
# saturation: mean and deviation change by the same factor in every layer. That factor is
# √(n σ²/2), because ReLU drops half of a symmetric distribution and with it half of the mean
# square. He's σ² = 2/n makes it 1, which is what it was designed for; Xavier's lacks the factor 2
# and loses √2 per layer. Recommended for each activation, by the test accuracy of this run:

# %%
pd.concat({"tanh": table, "ReLU": relu_table}).groupby(level=0)["test accuracy (%)"].agg(
    [("recommended", lambda column: column.idxmax()[1]), ("test accuracy (%)", "max")]
)
