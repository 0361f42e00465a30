# %% [markdown]
# # EECS 182, homework 5, question 6: batch normalization and dropout in NumPy
#
# Needs `pip install numpy matplotlib torchvision`. Beside the results of the workflow it reads the
# curves of the trainings; elsewhere it trains all networks, in about three minutes on one core.
# The graph of batch norm and the derivation of its closed form are in the PDF.

# %%
import time
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np


def print_statistics(what, a, axis=0):
    """Mean and standard deviation of each column."""
    print(f"{what}\n  means {a.mean(axis=axis).round(4)}\n  stds  {a.std(axis=axis).round(4)}")


# %% [markdown]
# Gradients are checked against central differences.

# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: rel_error, numeric_gradient

# %% [markdown]
# ## Batch normalization: forward
#
# Training normalizes each column by the mean and variance of the batch and updates the running
# averages; testing normalizes by the running averages.

# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: batchnorm_forward

# %% [markdown]
# **Check, training mode.** After batch norm with γ = 1, β = 0 the columns have mean 0 and standard
# deviation 1; in general the mean is β and the standard deviation γ.

# %%
rng = np.random.default_rng(231)
hidden = np.maximum(0, rng.standard_normal((200, 50)) @ rng.standard_normal((50, 60)))
a = hidden @ rng.standard_normal((60, 3))
print_statistics("before batch norm", a)
normalized, _ = batchnorm_forward(a, np.ones(3), np.zeros(3), {})
print_statistics("after, γ = 1, β = 0", normalized)
scaled, _ = batchnorm_forward(a, np.array([1.0, 2, 3]), np.array([11.0, 12, 13]), {})
print_statistics("after, γ = (1, 2, 3), β = (11, 12, 13)", scaled)

# %% [markdown]
# **Check, test mode.** After many training batches the running averages are close to the mean and
# variance of the data, so that test outputs are close to mean 0 and deviation 1, with more noise.

# %%
first, second = rng.standard_normal((50, 60)), rng.standard_normal((60, 3))
state = {}
for _ in range(50):
    batch = np.maximum(0, rng.standard_normal((200, 50)) @ first) @ second
    batchnorm_forward(batch, np.ones(3), np.zeros(3), state)
unseen = np.maximum(0, rng.standard_normal((200, 50)) @ first) @ second
print_statistics(
    "test mode", batchnorm_forward(unseen, np.ones(3), np.zeros(3), state, training=False)[0]
)

# %% [markdown]
# ## Batch normalization: backward
#
# First through the computational graph, node by node; then the closed form
#
# $$\frac{\partial L}{\partial X_{ij}} = \frac{\gamma_j}{n s_j} \left( n G_{ij} - \sum_k G_{kj} -
# Z_{ij} \sum_k G_{kj} Z_{kj} \right).$$


# %%
def batchnorm_backward(dout, cache):
    """∂L/∂x, ∂L/∂γ, ∂L/∂β through the graph x → μ → c = x − μ → σ² → s → z = c/s → y."""
    z, gamma, std, c = cache
    n = len(dout)
    dgamma, dbeta = (dout * z).sum(axis=0), dout.sum(axis=0)
    dz = dout * gamma
    dc = dz / std  # z = c/s, first factor
    dstd = -(dz * c).sum(axis=0) / std**2  # z = c/s, second factor
    dvar = dstd / (2 * std)  # s = √(σ² + ε)
    dc = dc + 2 * c * dvar / n  # σ² = mean of c²
    dmean = -dc.sum(axis=0)  # c = x − μ
    return dc + dmean / n, dgamma, dbeta  # μ = mean of x


# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: batchnorm_backward_alt

# %%
x, gamma, beta = (
    5 * rng.standard_normal((4, 5)) + 12,
    rng.standard_normal(5),
    rng.standard_normal(5),
)
dout = rng.standard_normal((4, 5))
_, cache = batchnorm_forward(x, gamma, beta, {})
for name, found, at in zip(
    ("dx", "dgamma", "dbeta"), batchnorm_backward(dout, cache), (x, gamma, beta), strict=True
):
    numeric = numeric_gradient(lambda: batchnorm_forward(x, gamma, beta, {})[0], at, dout)
    print(f"{name} error: {rel_error(found, numeric):.1e}")

# %% [markdown]
# Both backward passes agree, and the closed form is faster:

# %%
x, dout = rng.standard_normal((256, 1024)), rng.standard_normal((256, 1024))
_, cache = batchnorm_forward(x, np.ones(1024), np.zeros(1024), {})
seconds = {}
for backward in (batchnorm_backward, batchnorm_backward_alt):
    start = time.perf_counter()
    for _ in range(50):
        result = backward(dout, cache)
    seconds[backward] = time.perf_counter() - start
by_graph, by_formula = batchnorm_backward(dout, cache)[0], batchnorm_backward_alt(dout, cache)[0]
print(f"dx difference: {rel_error(by_graph, by_formula):.1e}")
print(f"speedup: {seconds[batchnorm_backward] / seconds[batchnorm_backward_alt]:.2f} times")

# %% [markdown]
# ## Dropout
#
# Inverted dropout: what is kept is divided by the probability to be kept, so that the expectation
# is the input and testing needs no change.


# %%
def dropout_forward(x, p, rng, training=True):
    """Drop each entry with probability p."""
    if not training or p == 0:
        return x, None
    mask = np.multiply(rng.random(x.shape, dtype=np.float32) >= p, 1 / (1 - p), dtype=x.dtype)
    return x * mask, mask


def dropout_backward(dout, mask):
    """The gradient passes where the input did."""
    return dout if mask is None else dout * mask


# %% [markdown]
# **Check, forward.** The mean of the output is that of the input in both modes; the share of zeros
# in training is p.

# %%
x = rng.standard_normal((500, 500)) + 10
for p in (0.25, 0.4, 0.7):
    out, _ = dropout_forward(x, p, rng)
    test_out, _ = dropout_forward(x, p, rng, training=False)
    print(
        f"p = {p}: mean of input {x.mean():.3f}, of training output {out.mean():.3f}, of test"
        f" output {test_out.mean():.3f}; zeros in training {(out == 0).mean():.3f}, in test"
        f" {(test_out == 0).mean():.3f}"
    )

# %% [markdown]
# **Check, backward,** with the same mask for every evaluation:

# %%
x, dout = rng.standard_normal((10, 10)) + 10, rng.standard_normal((10, 10))
_, mask = dropout_forward(x, 0.2, np.random.default_rng(123))
numeric = numeric_gradient(lambda: dropout_forward(x, 0.2, np.random.default_rng(123))[0], x, dout)
print(f"dx error: {rel_error(dropout_backward(dout, mask), numeric):.1e}")

# %% [markdown]
# ## Fully connected nets
#
# {affine – [batch norm] – ReLU – [dropout]} × (L − 1) – affine – softmax, with the penalty
# ½ λ ‖W‖² on the weights.


# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: softmax_loss


# %%


class FullyConnectedNet:
    """Parameters by name: W1, b1, gamma1, beta1, W2, …"""

    def __init__(
        self, sizes, *, init, rng, normalize=False, dropout=0.0, strength=0.0, dtype=np.float32
    ):
        self.layers, self.dropout, self.rng = len(sizes) - 1, dropout, rng
        self.normalize, self.strength = normalize, strength
        self.params, self.running = {}, {}
        for i, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
            self.params[f"W{i}"] = (init * rng.standard_normal((outputs, inputs))).astype(dtype)
            self.params[f"b{i}"] = np.zeros(outputs, dtype)
            if normalize and i < self.layers:
                self.params[f"gamma{i}"] = np.ones(outputs, dtype)
                self.params[f"beta{i}"] = np.zeros(outputs, dtype)
                self.running[i] = {}

    def forward(self, x, training):
        """Scores, and what the backward pass needs."""
        caches, p = [], self.params
        for i in range(1, self.layers):
            inputs, x, norm = x, x @ p[f"W{i}"].T + p[f"b{i}"], None
            if self.normalize:
                x, norm = batchnorm_forward(
                    x, p[f"gamma{i}"], p[f"beta{i}"], self.running[i], training
                )
            positive = x > 0
            x, mask = dropout_forward(x * positive, self.dropout, self.rng, training)
            caches.append((inputs, norm, positive, mask))
        return x @ p[f"W{self.layers}"].T + p[f"b{self.layers}"], (caches, x)

    def loss(self, x, y):
        """Loss and the gradients of all parameters."""
        scores, (caches, last) = self.forward(x, training=True)
        loss, dout = softmax_loss(scores, y)
        grads = {}
        for i in range(self.layers, 0, -1):
            W = self.params[f"W{i}"]
            if i < self.layers:
                inputs, norm, positive, mask = caches[i - 1]
                dout = dropout_backward(dout, mask) * positive
                if self.normalize:
                    dout, grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm_backward_alt(dout, norm)
            else:
                inputs = last
            loss += 0.5 * self.strength * np.sum(W * W)
            grads[f"W{i}"] = dout.T @ inputs + self.strength * W
            grads[f"b{i}"] = dout.sum(axis=0)
            dout = dout @ W
        return loss, grads

    def accuracy(self, x, y):
        """Share of the rows that are classified right, in test mode."""
        return np.mean(self.forward(x, training=False)[0].argmax(axis=1) == y)


# %% [markdown]
# **Check.** The gradients of nets with and without batch norm, dropout and penalty against central
# differences. The initial loss is near ln 10 = 2.30 without penalty.


# %%
def check_net(**options):
    """Initial loss, and the largest relative error over all parameters."""
    chance = np.random.default_rng(7)
    x, y = chance.standard_normal((20, 15)), chance.integers(10, size=20)
    net = FullyConnectedNet((15, 20, 30, 10), init=5e-2, rng=chance, dtype=np.float64, **options)

    def loss():
        net.rng = np.random.default_rng(3)  # the same masks each time
        return net.loss(x, y)

    value, grads = loss()
    worst = max(
        rel_error(grads[name], numeric_gradient(lambda: loss()[0], parameter, 1.0))
        for name, parameter in net.params.items()
        if not (options.get("normalize") and name in ("b1", "b2"))  # 0 behind batch norm
    )
    print(f"{options}: initial loss {value:.2f}, largest error {worst:.0e}")


check_net()
check_net(strength=3.14)
check_net(normalize=True)
check_net(normalize=True, strength=3.14)
check_net(dropout=0.25)
check_net(dropout=0.5)

# %% [markdown]
# ## The data, and the training
#
# 1,000 images of CIFAR-10 to learn from and 1,000 to validate; Adam on mini-batches.

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, prepared, divided, saved, drawn
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: official_cifar10, by_torchvision
# source: problems.eecs182_hw5.q6_cnn.experiments: KINDS, RATES, AdamRecipe, pixels, flat
# source: problems.eecs182_hw5.q6_cnn.experiments: over_seeds


# %%
data = prepared("cifar10") or official_cifar10()
images, held_images = pixels(data, 1000)
seen, held = flat(images), flat(held_images)
print(f"{len(seen[1]):,} training images")
print(f"{len(held[1]):,} validation images")


# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: train


# %%
def train_net(sizes, seen, held, recipe, *, rng, **options):
    """A new net trained with Adam; its loss by batch and its accuracies by epoch."""
    net = FullyConnectedNet(sizes, rng=rng, strength=recipe.strength, **options)
    return train(net, seen, held, recipe, rng)


# %% [markdown]
# ## Batch norm for deep networks
#
# Six layers, with and without batch norm, from three seeds.

# %%
# source: problems.eecs182_hw5.q6_cnn.experiments: compare_depth

# %%
run = saved("eecs182_hw5/q6_cnn/runs/numpy")
depth = run[1] if run else compare_depth(train_net, seen, held)

# %%
figure, panels = plt.subplots(1, 3, figsize=(12, 3), layout="constrained")
for kind in KINDS:
    loss = depth[f"bn_depth_{kind}_loss"].mean(axis=0).reshape(-1, 10).mean(axis=1)
    panels[0].plot(10 * np.arange(1, len(loss) + 1), loss, label=kind)
    for panel, what in zip(panels[1:], ("train", "validation"), strict=True):
        values = 100 * depth[f"bn_depth_{kind}_{what}_accuracy"].mean(axis=0)
        panel.plot(np.arange(1, len(values) + 1), values, "o-", label=kind)
        panel.set(xlabel="epoch", ylabel=f"{what} accuracy / %")
    last = depth[f"bn_depth_{kind}_train_accuracy"][:, -1].mean()
    best = depth[f"bn_depth_{kind}_validation_accuracy"].max(axis=1).mean()
    print(f"bn_depth.{kind}.train_accuracy = {100 * last:.1f} %")
    print(f"bn_depth.{kind}.best_validation_accuracy = {100 * best:.1f} %")
panels[0].set(xlabel="batch", ylabel="loss (mean of ten batches)")
panels[0].legend()
plt.show()

# %% [markdown]
# **What we see.** With batch norm the same net learns much faster. The best validation accuracy
# rises as well, but by less.
#
# The report's curves come from layers of our own library `mytorch`. The net above draws the same
# initial weights and batches, so its first losses agree with them:

# %%
start = train_net(
    (3072, *[100] * 5, 10), seen, held, AdamRecipe(epochs=1), init=2e-2, normalize=True,
    rng=np.random.default_rng(0),
)  # fmt: skip
reported = depth["bn_depth_normalized_loss"][0, : len(start["loss"])]
print(f"first losses: here {start['loss'][:3].round(4)}, in the curves {reported[:3].round(4)}")

# %% [markdown]
# ## Batch norm and initialization
#
# Eight layers, from initial weights of 20 scales.

# %%
# source: problems.eecs182_hw5.q6_cnn.experiments: vary_scale

# %%
scale = run[1] if run else vary_scale(train_net, seen, held)

# %%
figure, panels = plt.subplots(1, 3, figsize=(12, 3), layout="constrained")
for kind in KINDS:
    for panel, what in zip(panels, ("train_accuracy", "validation_accuracy", "loss"), strict=True):
        values = scale[f"weight_scale_{kind}_{what}"].mean(axis=1)
        panel.semilogx(scale["scales"], values, "o-", label=kind)
        panel.set(xlabel="weight scale", ylabel=what.replace("_", " "))
    accuracy = scale[f"weight_scale_{kind}_train_accuracy"].mean(axis=1)
    print(f"weight_scale.{kind}.best_train_accuracy = {100 * accuracy.max():.1f} %")
    print(f"weight_scale.{kind}.worst_train_accuracy = {100 * accuracy.min():.1f} %")
    print(f"weight_scale.{kind}.workable = {(accuracy > 0.9 * accuracy.max()).sum()}")
panels[2].set_yscale("log")
panels[0].legend()
plt.show()

# %% [markdown]
# **Question: describe the results of this experiment, and why they are so.** A layer of 50 ReLU
# units multiplies the mean square of a signal by $25 w^2$, so a plain net passes signals and
# gradients on only near $w = \sqrt{2/50} = 0.2$. Far below, both vanish and the net learns nothing;
# far above, the loss is huge. With batch norm a factor in front of the weights cancels (up to ε),
# so every scale learns something and more scales work. But the curve is not flat, and the scale
# still has to be chosen: `workable` counts the scales that reach nine tenths of the best training
# accuracy. At the largest scales the plain net even has the higher training accuracy.
#
# ## Regularization by dropout
#
# A net with one hidden layer of 500 units on 500 images, without and with dropout, five seeds each.

# %%
# source: problems.eecs182_hw5.q6_cnn.experiments: compare_dropout

# %%
dropped = run[1] if run else compare_dropout(train_net, seen, held)

# %%
figure, panels = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
for name, rate in RATES.items():
    train_curve, held_curve = (
        dropped[f"dropout_{name}_{part}_accuracy"] for part in ("train", "validation")
    )
    for panel, curve in zip(panels, (train_curve, held_curve), strict=True):
        values = 100 * curve.mean(axis=0)
        panel.plot(np.arange(1, len(values) + 1), values, "o-", label=f"dropout {rate}")
    key = f"dropout_regularization.{name}"
    print(f"{key}.train_accuracy = {100 * train_curve[:, -1].mean():.1f} %")
    print(f"{key}.validation_accuracy = {100 * held_curve[:, -1].mean():.1f} %")
    print(f"{key}.gap = {100 * (train_curve - held_curve)[:, -1].mean():.1f} %")
panels[0].set(xlabel="epoch", ylabel="training accuracy / %")
panels[1].set(xlabel="epoch", ylabel="validation accuracy / %")
panels[0].legend()
plt.show()
gains = dropped["dropout_half_validation_accuracy"] - dropped["dropout_none_validation_accuracy"]
gains = gains[:, -1]
print(f"dropout_regularization.gain.mean = {100 * gains.mean():.2f} %")
error = gains.std(ddof=1) / np.sqrt(len(gains))
print(f"dropout_regularization.gain.standard_error = {100 * error:.2f} %")

# %% [markdown]
# **Question: explain what you see. What does it suggest about dropout?** Both nets overfit 500
# images. With dropout the training accuracy rises more slowly and the gap narrows; on validation
# images we see neither a gain nor a loss beyond the noise over the seeds. Dropout is a regularizer:
# it makes it harder to memorize images, which costs training accuracy first. It does not replace
# more data or a better architecture.
