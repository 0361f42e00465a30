# %% [markdown]
# # EECS 182, homework 5, question 5: understanding dropout
#
# Needs `pip install numpy torch torchvision matplotlib pandas`. Beside the results of the
# workflow it reads the networks of part (i); elsewhere it trains them, in about five minutes on a
# CPU. The derivations are in the PDF.

# %%
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch

SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
if device.type == "cpu":
    torch.set_float32_matmul_precision("medium")  # products round as in the report

# %% [markdown]
# One data point with two features of different size; the model predicts $x \cdot w$ without an
# intercept, and the weights start at zero.

# %%
x, y = np.array([10.0, 1.0]), 11.0
STEPS, LARGE_BATCH, LONG = 1_000, 1_024, 10_000


def show(name, w):
    """Print both weights with their name in the report."""
    print(f"{name}.0 = {w[0]:.4f}")
    print(f"{name}.1 = {w[1]:.4f}")


# %% [markdown]
# ## (a) No dropout, least squares
#
# **Answer.** $w = X^{+} y$. $X^\top X$ has rank one and no inverse; the pseudo-inverse picks the
# shortest of all weights with loss zero.

# %%
X = x[None]
ols = np.linalg.pinv(X) @ np.array([y])
show("ols", ols)

# %% [markdown]
# ## (b) No dropout, gradient descent

# %%
# source: problems.eecs182_hw5.q5_dropout.dropout_descent: descend


# %%
def draw(weights, losses):
    """The loss of each batch, and the weights, over the steps."""
    _, (left, right) = plt.subplots(1, 2, figsize=(9, 2.5), layout="constrained")
    left.semilogy(np.maximum(losses, 1e-30), lw=0.4)
    left.set(xlabel="step", ylabel="loss of the batch")
    right.plot(weights, label=("$w_1$", "$w_2$"))
    right.set(xlabel="step", ylabel="weights")
    right.legend()
    plt.show()


train_point = partial(descend, x, y, seed=SEED)
sgd = partial(torch.optim.SGD, lr=1e-3)
plain, plain_losses = train_point(0.0, sgd, batch=1, steps=STEPS)
draw(plain, plain_losses)
show("gd", plain[-1])

# %% [markdown]
# **Answer.** Yes, these are the weights of (a). Every gradient is a multiple of $x$, so from zero
# the weights stay on the line through $x$, where the shortest solution lies.
#
# ## (c) Dropout, least squares
#
# **Answer.** At rate ½ the four masks are equally likely, and what is kept is doubled. Least
# squares over the four rows:


# %%
def masked_rows(rate):
    """The four rows that inverted dropout makes of x, and their probabilities."""
    kept = np.array([[1, 1], [1, 0], [0, 1], [0, 0]])
    keep = 1 - rate
    return kept * x / keep, np.prod(np.where(kept, keep, rate), axis=1)


def dropout_solution(rate):
    """Weighted least squares over the masks, (XᵀSX)⁺ XᵀS y."""
    rows, probability = masked_rows(rate)
    root = np.sqrt(probability)
    return np.linalg.pinv(root[:, None] * rows) @ (root * y)


rows, probability = masked_rows(0.5)
print(rows)
best = dropout_solution(0.5)
show("dropout_ls.w", best)
print(f"dropout_ls.loss = {probability @ (y - rows @ best) ** 2:.2f}")

# %% [markdown]
# ## (d) Dropout, gradient descent


# %%
def show_late(name, losses):
    """Mean and standard deviation of the losses of the last 200 steps."""
    print(f"descent.{name}.loss.late_mean = {losses[-200:].mean():.2f}")
    print(f"descent.{name}.loss.late_deviation = {losses[-200:].std():.2f}")


small, small_losses = train_point(0.5, sgd, batch=1, steps=STEPS)
draw(small, small_losses)
show("dropout_gd", small[-1])
show_late("small", small_losses)

# %% [markdown]
# **Answer.** With a batch of one the loss jumps to the end: each step sees one mask, and no weights
# fit all four. At the solution of (c) three masks have the loss $y^2 / 9$, and the one that drops
# both features has $y^2 = 121$, whatever the weights. The weights wander and are not those of (c).
#
# ## (e) Dropout, gradient descent, large batch

# %%
large, large_losses = train_point(0.5, sgd, batch=LARGE_BATCH, steps=STEPS)
draw(large, large_losses)
show("dropout_gd_large_batch", large[-1])
show_late("large", large_losses)

# %% [markdown]
# **Answer.** With 1,024 rows the curve is a thin line, because a batch holds each mask about 256
# times: loss and gradient are close to their means over the masks. The loss does not reach zero.
# The weights are near (c) but not equal to it, and not because of noise: the loss is so flat along
# $w_2$ that 1,000 steps are too few. The mean of the weights after $T$ steps is
# $w^* - (I - 2 \eta A)^T w^*$ with $A = \mathrm{E}\,\tilde x \tilde x^\top$, for every batch size:

# %%
A = rows.T @ rows / 4
step_matrix = np.eye(2) - 2 * 1e-3 * A
show("descent.large.mean", best - np.linalg.matrix_power(step_matrix, STEPS) @ best)

# %% [markdown]
# ## (f) What dropout does to the weights

# %%
table = {
    "no dropout": plain[-1],
    "dropout, least squares": best,
    "dropout, trained with batch 1,024": large[-1],
}
print(
    pd.DataFrame(
        {
            name: {"w1": w[0], "w2": w[1], "10 w1": 10 * w[0], "1 w2": w[1], "output": x @ w}
            for name, w in table.items()
        }
    ).T.round(4)
)
print(f"plain.weight_ratio = {plain[-1, 0] / plain[-1, 1]:.1f}")
print(f"dropout_ls.weight_ratio = {best[0] / best[1]:.1f}")

# %% [markdown]
# **Answer.** (i) Without dropout $w_1$ is ten times $w_2$; with dropout it is a tenth of it. (ii)
# Without dropout the first term contributes a hundred times as much as the second; with dropout
# both contribute the same, and the output without a mask is only two thirds of the target.
#
# *Why:* the mean loss under dropout of rate r is
# $(y - x \cdot w)^2 + \lambda \sum_j x_j^2 w_j^2$ with $\lambda = r / (1 - r)$. The penalty, which
# is the variance that the masks cause in the output, charges the squares of the *contributions*
# $x_j w_j$. A sum of given size has the smallest sum of squares when its terms are equal.
#
# ## (g) Sweeping over the dropout rate

# %%
# source: proofsheet.notebooks.workflow_results

# %%
rates = np.arange(99) / 100
swept = np.array([dropout_solution(rate) for rate in rates])
found = solved("eecs182_hw5/q5_dropout")
trained = {}
for k, rate in enumerate((0.0, 0.1, 0.3, 0.5, 0.7)):
    if found:  # for two rates the whole path, for the others its end
        path = {0.0: found["sgd_rate_0"], 0.5: found["sgd_rate_05"]}
        trained[rate] = path.get(rate, found["trained"][k : k + 1])
    else:
        trained[rate], _ = train_point(rate, sgd, batch=LARGE_BATCH, steps=LONG)
    show(f"sweep.rate_0{round(10 * rate)}.weights", trained[rate][-1])
show("sweep.at_001", swept[1])
column_norms = np.linalg.norm(X, axis=0)
limit = np.linalg.pinv(X / column_norms) @ np.array([y]) / column_norms
show("sweep.limit", limit)

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
for j, panel in enumerate(axes):
    panel.plot(rates[1:], swept[1:, j], label="least squares")
    panel.plot(0, swept[0, j], "s", color="C0", label="least squares, rate 0")
    panel.plot(0, limit[j], "o", color="C0", mfc="white", label="its limit for rate → 0")
    panel.plot(list(trained), [w[-1, j] for w in trained.values()], "kx", label="trained")
    panel.set(xlabel="dropout rate", ylabel=f"$w_{j + 1}$")
axes[0].legend()
plt.show()

# %% [markdown]
# **Answer.** For every positive rate there is one minimizer. At rate 0 a whole line of weights has
# loss zero, and the pseudo-inverse, like gradient descent from zero, picks its point with the least
# $\sum_j w_j^2$. The minimizers for small rates approach the same line, but at the point with the
# least *penalty* $\sum_j x_j^2 w_j^2$: $(0.55, 5.5)$. Hence the jump.
#
# ## (h) Optimizing with Adam

# %%
# source: proofsheet.learning.optimizers: Optimizer, Adam

# %%
adam = {}
for rate, name in ((0.0, "rate_0"), (0.5, "rate_05")):
    if found:
        adam[rate] = found[f"adam_{name}"]
    else:
        adam[rate], _ = train_point(rate, partial(Adam, lr=1e-3), batch=LARGE_BATCH, steps=LONG)
    show(f"adam.{name}", adam[rate][-1])

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained")
for panel, rate in zip(axes, adam, strict=True):
    for label, path in (("SGD", trained[rate]), ("Adam", adam[rate])):
        (line,) = panel.plot(*path.T, label=label)
        panel.plot(*path[-1], "o", color=line.get_color())
    panel.set(xlabel="$w_1$", ylabel="$w_2$", title=f"dropout rate {rate:g}")
axes[0].plot([0.4, 1.1], [7, 0], color="0.6", lw=0.8, label="loss 0")
axes[0].plot(*limit, "*", color="C2", ms=9, label="limit for rate → 0")
for panel in axes:
    panel.legend()
plt.show()

# %% [markdown]
# **Answer.** With dropout the solution does not change: there is one minimizer. Without dropout it
# does: every gradient is a multiple of $x$, and Adam divides out the size of its entries, so both
# weights take equal steps and end at $(1, 1)$, the solution with the smallest largest entry.
#
# ## (i) Dropout on real data
#
# CIFAR-10, with the class written in binary into the last four pixels of the bottom row. We train
# on all published training images; the test images are shown clean, with the right class and with a
# wrong one.

# %%
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: official_cifar10, by_torchvision


# %%
data = published(prepared("cifar10") or official_cifar10())
print(f"{len(data.train.y):,} images for training, {len(data.test.y):,} for the test")

# %%
# source: problems.eecs182_hw5.q5_dropout.cheating_feature: MEAN, DEVIATION, normalized
# source: problems.eecs182_hw5.q5_dropout.cheating_feature: BITS, bits, write_answer, other_classes
# source: problems.eecs182_hw5.q5_dropout.cheating_feature: LEARNING_RATE, BATCH, convnet

# %%
figure, axes = plt.subplots(1, 5, figsize=(10, 2.2))
for panel, k in zip(axes, (0, 1, 3, 6, 9), strict=True):
    image = data.test.x[np.flatnonzero(data.test.y == k)[0]].copy()
    for place, bit in enumerate(f"{k:04b}"):
        image[-1, place - BITS] = (255, 0, 0) if bit == "1" else (0, 255, 255)
    panel.imshow(image)
    panel.set_title(f"{data.class_names[k]} = {k:04b}", fontsize=9)
    panel.axis("off")
plt.show()
print(convnet(0.75))

# %% [markdown]
# The training loop, and the training of one network:

# %%
# source: proofsheet.notebooks.epochs
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision

# %%
# source: proofsheet.learning.loop: denormals_flushed, fit, logits_of
# source: proofsheet.learning.loop: to_device, share_right, parameter_count

# %%
# source: proofsheet.learning.recipes: SgdRecipe

# %%
# source: problems.eecs182_hw5.q5_dropout.train

# %%
runs = {}
for key, percent in (("rate_0", 0), ("rate_075", 75)):
    runs[key] = saved(f"eecs182_hw5/q5_dropout/runs/rate_{percent}") or train(
        data, device, rate=percent / 100, seed=SEED
    )

# %%
figure, panels = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
for key, (metrics, curves) in runs.items():
    epochs = np.arange(1, metrics["epochs"] + 1)
    label = f"dropout {metrics['rate']:g}"
    panels[0].plot(epochs, 100 * curves["accuracy"], "o-", label=label)
    panels[1].plot(epochs, 100 * curves["validation_accuracy"], "o-", label=label)
    print(f"cheating.{key}.clean_accuracy = {100 * curves['validation_accuracy'][-1]:.2f} %")
    print(f"cheating.{key}.cheating_accuracy = {100 * metrics['cheating_accuracy']:.2f} %")
    print(f"cheating.{key}.misled.by_bits = {100 * metrics['misled']['by_bits']:.1f} %")
    print(f"cheating.{key}.misled.by_image = {100 * metrics['misled']['by_image']:.1f} %")
panels[0].set(xlabel="epoch", ylabel="accuracy / %", title="training images, marked")
panels[1].set(xlabel="epoch", title="test images, clean")
panels[0].legend()
plt.show()

# %% [markdown]
# **Answer.** Without dropout the network learns to read the four pixels and little else: on clean
# images its accuracy falls to that of guessing. With dropout the accuracy on clean images is
# higher, and a wrong mark is followed less often, but the network still relies mostly on the mark.
# Dropout makes it expensive to rely on a few features; the mark can be copied into many channels,
# so the shortcut is not useless. (One run of each network, from one seed.)
