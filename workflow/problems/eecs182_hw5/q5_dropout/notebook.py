# %% [markdown]
# # EECS 182, homework 5, question 5: understanding dropout
#
# One data point with two features under dropout, in closed form and trained; then a small network
# on CIFAR-10 images that have their answer written into a corner. The derivations are in the PDF.
#
# The notebook needs numpy, torch, tqdm, matplotlib and pandas, and torchvision without a mirror.
# Without a GPU the networks of part (i) are trained on an eighth of the images and judged on a
# fifth, for a minute on one core; the PDF has the results of all images.

# %%
import os
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
x, y = np.array([10.0, 1.0]), 11.0
sgd = partial(torch.optim.SGD, lr=1e-3)

# %% [markdown]
# ## Closed forms
#
# The mean loss under inverted dropout of rate r is (y − x·w)² + λ Σ x_j² w_j² with λ = r/(1 − r).

# %%
# source: proofsheet.learning.dropout_of_one_point

# %% [markdown]
# ## (a) Least squares without dropout

# %%
least_norm_solution(x, y)

# %% [markdown]
# ## (b) Gradient descent without dropout

# %%
# source: problems.eecs182_hw5.q5_dropout.dropout_descent

# %%
plain = descend(x, y, 0.0, sgd, batch=1, steps=1000, seed=SEED)
plain.final.round(8)

# %% [markdown]
# The same as (a): every gradient is a multiple of x, so from zero the weights stay on its line.
#
# ## (c) Least squares with dropout

# %%
rows, probability = dropout_rows(x, 0.5)
print(rows)
weighted_least_squares(rows, np.full(4, y), probability), minimizer(x, y, 0.5)

# %% [markdown]
# ## (d), (e) Gradient descent with dropout, batch 1 and batch 1,024

# %%
small = descend(x, y, 0.5, sgd, batch=1, steps=1000, seed=SEED)
large = descend(x, y, 0.5, sgd, batch=1024, steps=1000, seed=SEED)
figure, axes = plt.subplots(2, 3, figsize=(11, 5), sharex=True, layout="constrained")
for column, run, title in zip(
    axes.T, (plain, small, large), ("no dropout", "dropout, batch 1", "batch 1,024"), strict=True
):
    column[0].semilogy(np.maximum(run.losses, 1e-30), lw=0.5)
    column[0].set(title=title, ylabel="loss of the batch")
    column[1].plot(run.weights, label=("$w_1$", "$w_2$"))
    column[1].set(xlabel="step", ylabel="weights")
axes[1, 2].legend()
plt.show()

# %% [markdown]
# Trained weights beside what theory says of all runs: mean and standard deviation after 1,000
# steps. With the large batch the noise is gone, but the slow direction has not arrived at (c) yet.

# %%
table = {}
for name, run, batch in (("batch 1", small, 1), ("batch 1,024", large, 1024)):
    mean, covariance = moments(x, y, 0.5, 1e-3, batch=batch, steps=1000)
    for j in (0, 1):
        table[name, f"w_{j + 1}"] = {
            "trained": run.final[j],
            "mean": mean[j],
            "deviation": np.sqrt(covariance[j, j]),
            "least squares": minimizer(x, y, 0.5)[j],
        }
pd.DataFrame(table).T.round(4)

# %% [markdown]
# ## (f) Weights and contributions

# %%
pd.DataFrame(
    {
        name: {"w1": w[0], "w2": w[1], "10 w1": 10 * w[0], "w2 again": w[1], "output": x @ w}
        for name, w in (
            ("no dropout", plain.final),
            ("dropout, least squares", minimizer(x, y, 0.5)),
            ("dropout, trained", large.final),
        )
    }
).T.round(4)

# %% [markdown]
# Without dropout weights are proportional to features and contributions to their squares. Dropout
# charges the squares of the contributions, hence makes them equal: weights are inverse to features.
#
# ## (g) All rates

# %%
rates = np.arange(99) / 100
swept = []
for rate in rates:
    rows, probability = dropout_rows(x, rate)
    swept.append(weighted_least_squares(rows, np.full(4, y), probability))
swept = np.array(swept)
steps = 1000 if QUICK else 10_000
trained = {
    rate: descend(x, y, rate, sgd, batch=1024, steps=steps, seed=SEED)
    for rate in (0.0, 0.1, 0.3, 0.5, 0.7)
}
figure, axes = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
for j, panel in enumerate(axes):
    panel.plot(rates[1:], swept[1:, j], label="least squares")
    panel.plot(0, swept[0, j], "s", color="C0", label="least squares, rate 0")
    limit = limit_of_minimizers(x[None], np.array([y]))
    panel.plot(0, limit[j], "o", color="C0", mfc="white", label="limit for rate → 0")
    panel.plot(list(trained), [run.final[j] for run in trained.values()], "kx", label="trained")
    panel.set(xlabel="dropout rate", ylabel=f"$w_{j + 1}$")
axes[0].legend()
plt.show()

# %% [markdown]
# At rate 0 a whole line of weights has loss 0, and the point of least norm is chosen. For every
# positive rate there is one minimizer, and its limit is the point of that line with the least
# Σ x_j² w_j².
#
# ## (h) Adam

# %%
# source: proofsheet.learning.optimizers: PIECE, _Slot, Optimizer
# source: proofsheet.learning.optimizers: Adam, _rows_at_once, _with_penalty
# source: proofsheet.learning.optimizers: _trainable, _require

# %%
adam = {
    rate: descend(x, y, rate, partial(Adam, lr=1e-3), batch=1024, steps=steps, seed=SEED)
    for rate in (0.0, 0.5)
}
pd.DataFrame(
    {
        (f"rate {rate:g}", name): {"w1": run.final[0], "w2": run.final[1]}
        for rate in (0.0, 0.5)
        for name, run in (("SGD", trained[rate]), ("Adam", adam[rate]))
    }
).T.round(4)

# %% [markdown]
# With dropout the minimizer is unique and both find it. Without, Adam's steps have the same size in
# both coordinates, so it finds the weights (1, 1).
#
# ## (i) Images with their answer in a corner
#
# CIFAR-10 from a mirror if there is one, else by `torchvision`. Batches are pickled; they are read
# once their checksums have been compared, by an unpickler that knows nothing but arrays. Without
# either source objects are drawn: numbers are then those of drawn objects, and the notebook says
# so.

# %%
# source: proofsheet.data.cifar_batches

# %%
# source: proofsheet.data.standins.objects

# %%
# source: proofsheet.notebooks.loaders.cifar10

# %%
(images, labels), (test_images, test_labels) = load_cifar10(
    drawn=1200 if QUICK else 6000, seed=SEED
)
if QUICK:
    images, labels, test_images, test_labels = (
        part[:1000] for part in (images, labels, test_images, test_labels)
    )
elif device.type == "cpu":
    images, labels = images[:6_250], labels[:6_250]
    test_images, test_labels = test_images[:2_000], test_labels[:2_000]
print(f"{len(images):,} training and {len(test_images):,} test images")

# %%
# source: problems.eecs182_hw5.q5_dropout.cheating_feature

# %%
# source: proofsheet.jobs.progress
# source: proofsheet.learning.loop

# %%
wanted, test_wanted = (
    torch.from_numpy(part.astype(np.int64)).to(device) for part in (labels, test_labels)
)
marked = write_answer(normalized(images, device), wanted)
clean = normalized(test_images, device)
wrong = other_classes(test_wanted, 10, SEED)
recipe = Recipe(epochs=1 if QUICK else 10, batch=BATCH, learning_rate=LEARNING_RATE)
accuracy, curves = {}, {}
for rate in (0.0, 0.75):
    torch.manual_seed(SEED)
    network = convnet(rate).to(device)
    curves[rate] = train(
        network, (marked, wanted), (clean, test_wanted), recipe, seed=SEED, label=f"dropout {rate}",
        optimizer=lambda parameters, steps: (torch.optim.SGD(parameters, lr=LEARNING_RATE), None),
    )  # fmt: skip
    answers = {
        name: logits_of(network, shown).argmax(dim=1)
        for name, shown in (
            ("clean", clean),
            ("with the answer", write_answer(clean, test_wanted)),
            ("with a wrong answer", write_answer(clean, wrong)),
        )
    }
    hits = {name: found == test_wanted for name, found in answers.items()}
    hits["follows the wrong bits"] = answers["with a wrong answer"] == wrong
    accuracy[f"dropout {rate}"] = {
        name: 100 * hit.double().mean().item() for name, hit in hits.items()
    }
pd.DataFrame(accuracy).T.round(2)

# %%
for rate, found in curves.items():
    plt.plot(100 * found["accuracy"], label=f"training images with the answer, dropout {rate}")
    plt.plot(100 * found["validation_accuracy"], "--", label=f"clean test images, dropout {rate}")
plt.xlabel("epoch")
plt.ylabel("accuracy (%)")
plt.legend()
plt.show()
