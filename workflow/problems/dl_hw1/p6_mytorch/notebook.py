# %% [markdown]
# # Deep Learning, homework 1, problem 6: a neural network library from scratch
#
# `mytorch` in NumPy alone. The cells below are the files of the folder `mytorch/` that is handed
# in with this notebook. Needs `pip install numpy matplotlib torchvision` (the last for MNIST); the
# gradient check takes about ten seconds, the training too.

# %%
import matplotlib.pyplot as plt
import numpy as np

SEED = 0

# %% [markdown]
# ## Module API
#
# Every module has `forward`, `backward`, `get_parameters` and `get_gradients`.

# %%
# source: mytorch.nn.modules.module: Module

# %% [markdown]
# ## Q6.1 Linear layer
#
# $Z = XW^\top + \mathbf 1 b^\top$; with $G = \partial L/\partial Z$: $\partial L/\partial W =
# G^\top X$, $\partial L/\partial b = G^\top \mathbf 1$, $\partial L/\partial X = GW$. Weights are
# drawn by Xavier's rule, He's on request.

# %%
# source: mytorch.nn.init: initial_weights

# %%
# source: mytorch.nn.modules.linear: Linear

# %%
layer = Linear(3, 2, rng=SEED, dtype=np.float64)
rng = np.random.default_rng(SEED)
X, G = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
print(np.allclose(layer.forward(X), X @ layer.W.T + layer.b))
print(np.allclose(layer.backward(G), G @ layer.W))
print(np.allclose(layer.dW, G.T @ X), np.allclose(layer.db, G.sum(axis=0)))

# %% [markdown]
# ## Q6.2 Activations
#
# ReLU passes the gradient on where $x > 0$; the sigmoid multiplies it by $\sigma(x)(1 -
# \sigma(x))$. Instead of clipping, the sigmoid uses only $e^{-|x|} \le 1$, which cannot overflow
# and loses no accuracy in the tails.

# %%
# source: mytorch.nn.modules.activation: ReLU, Sigmoid

# %%
print(ReLU().forward(np.array([[-1.0, 0.0, 2.0]])))
print(Sigmoid().forward(np.array([[-1e4, 0.0, 1e4]])))

# %% [markdown]
# ## Q6.3 Softmax and cross-entropy
#
# The largest logit is subtracted, so no exponential overflows. The gradient is $(\hat y - y)/N$.

# %%
# source: mytorch.nn.modules.loss: Loss, SoftmaxCrossEntropy

# %%
loss = SoftmaxCrossEntropy()
print("equal logits:", loss.forward(np.zeros((1, 10)), np.array([3])), "log 10:", np.log(10))
print("large logits:", loss.forward(np.array([[1e4, 0.0]]), np.array([1])), loss.backward())

# %% [markdown]
# ## Q6.4 Sequential

# %%
# source: mytorch.nn.sequential: Sequential

# %% [markdown]
# ## Q6.5 SGD


# %%
class SGD:
    """param ← param − lr · grad, in place: the arrays are those that the layers use."""

    def __init__(self, parameters, lr=0.01):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for param, grad in zip(self.parameters, gradients, strict=True):
            param -= self.lr * grad

    def zero_grad(self):
        """Nothing to do: each `backward` overwrites the gradients."""


# %% [markdown]
# ## Q6.6 Gradient checking
#
# Each entry of each gradient is compared with a central difference of the loss. In double
# precision, because in float32 rounding alone would be larger than the differences.


# %%
def gradient_check(model, x, y, epsilon=1e-5):
    """The largest |a − n| / (|a| + |n|) over all entries of all parameters; 0 if both are 0."""
    loss, largest = SoftmaxCrossEntropy(), 0.0
    loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    for p, gradient in zip(model.get_parameters(), model.get_gradients(), strict=True):
        for index, a in np.ndenumerate(gradient.copy()):
            kept = p[index]
            p[index] = kept + epsilon
            above = loss.forward(model.forward(x), y)
            p[index] = kept - epsilon
            below = loss.forward(model.forward(x), y)
            p[index] = kept
            n = (above - below) / (2 * epsilon)
            largest = max(largest, abs(a - n) / (abs(a) + abs(n)) if a or n else 0.0)
    return largest


# %% [markdown]
# ## Q6.7 Training on MNIST
#
# 784 → 128 (ReLU) → 64 (ReLU) → 10.

# %%
# source: proofsheet.notebooks.workflow_results
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: published_mnist, official_mnist, by_torchvision


# %%
data = published_mnist()


# %%
def fit(model, x, y, optimizer, *, epochs, batch, rng, after_step=None):
    """Mini-batches in a new random order in each epoch; the loss of each before its step."""
    loss, losses = SoftmaxCrossEntropy(), []
    for epoch in range(epochs):
        model.train()
        order = rng.permutation(len(y))
        for start in range(0, len(y), batch):
            picked = order[start : start + batch]
            losses.append(loss.forward(model.forward(x[picked]), y[picked]))
            model.backward(loss.backward())
            optimizer.step(model.get_gradients())
            if after_step:
                after_step(epoch)
    return {"loss": np.reshape(losses, (epochs, -1))}


# %%
# source: mytorch.training: logits_of
# source: proofsheet.learning.classification: share
# source: problems.dl_hw1.p6_mytorch.train: SIZES, RATE, BATCH, perceptron, rows_of, train

# %% [markdown]
# ### 1. Gradient check of the network that is trained, on five images
#
# A difference across the kink of a ReLU would say nothing about the gradient. The report draws the
# images again where one is within reach of a step of $10^{-5}$; here that was not necessary.

# %%
model, double = (perceptron(SIZES, "xavier", SEED, dtype) for dtype in (np.float32, np.float64))
for ours, theirs in zip(double.get_parameters(), model.get_parameters(), strict=True):
    ours[...] = theirs
x = rows_of(data.train.x, data.train.x.mean(), data.train.x.std())
picked = np.random.default_rng(SEED).choice(len(x), 5, replace=False)
if found := solved("dl_hw1/p6_mytorch"):
    error = found["strict_errors"].max()
else:
    error = gradient_check(double, x[picked].astype(np.float64), data.train.y[picked])
print(f"gradient_check.strict_max_relative_error = {error:.2e}")
print("The largest relative error is below 1e-5:", error < 1e-5)

# %% [markdown]
# ### 2. Training: 3 epochs, learning rate 0.1, batches of 64

# %%
_, arrays = saved(f"dl_hw1/p6_mytorch/runs/xavier-{SEED}") or train(data, seed=SEED)
losses = arrays["losses"].ravel()
smooth = np.convolve(losses, np.full(50, 1 / 50), "valid") if len(losses) >= 50 else losses
plt.figure(figsize=(9, 3))
plt.semilogy(losses, color="0.8", linewidth=0.5, label="mini-batch")
plt.semilogy(np.arange(len(losses))[-len(smooth) :], smooth, label="mean of the last 50")
plt.xlabel("iteration")
plt.ylabel("training loss")
plt.legend()
plt.show()
print(f"iterations = {len(losses):,}")
print(f"first_loss = {losses[0]:.3f}")
print(f"last_epoch_loss = {arrays['losses'][-1].mean():.4f}")

# %% [markdown]
# ### 3. Test accuracy

# %%
predicted = arrays["test_predicted"]
print(f"test_accuracy = {100 * np.mean(predicted == data.test.y):.2f} %")

# %% [markdown]
# ### 4. Ten random test images

# %%
shown = np.sort(np.random.default_rng(SEED).choice(len(data.test.y), 10, replace=False))
figure, axes = plt.subplots(1, 10, figsize=(12, 1.8))
for axis, place in zip(axes, shown, strict=True):
    axis.imshow(data.test.x[place], cmap="gray_r")
    axis.set_title(f"pred. {predicted[place]}\ntrue {data.test.y[place]}")
    axis.axis("off")
plt.show()
print(f"shown.right = {np.sum(predicted[shown] == data.test.y[shown])}")
