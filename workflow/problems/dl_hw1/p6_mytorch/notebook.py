# %% [markdown]
# # Problem 6: A neural network library from scratch
#
# The derivations are in the PDF. This notebook holds the library `mytorch`, every module of it, in
# NumPy alone; checks its gradients; and trains it on MNIST. The last section checks the formulas of
# the PDF and is the only one that needs more than NumPy and matplotlib (PyTorch, SymPy).
#
# ## The module API
#
# In the library each of the following cells is a file of its own, in the folders that the text
# gives (`mytorch/nn/modules/linear.py` and so on); in the notebook they follow each other.

# %%
# source: mytorch.nn.modules.module

# %% [markdown]
# ## Q6.1 The linear layer

# %%
# source: mytorch.nn.init
# source: mytorch.nn.modules.linear

# %% [markdown]
# ## Q6.2 Activations

# %%
# source: mytorch.nn.modules.activation

# %% [markdown]
# ## Q6.3 Softmax and cross-entropy

# %%
# source: mytorch.nn.modules.loss: Loss, SoftmaxCrossEntropy

# %% [markdown]
# ## Q6.4 Sequential

# %%
# source: mytorch.nn.sequential

# %% [markdown]
# ## Q6.5 SGD

# %%
# source: mytorch.nn.optim: Optimizer, SGD

# %% [markdown]
# ## Q6.6 Gradient checking

# %%
# source: mytorch.utils.gradient_check

# %% [markdown]
# What it says when a gradient is wrong: small networks, each with one mistake.

# %%
# source: problems.dl_hw1.p6_mytorch.gradient_errors

# %%
for what, network in CASES.items():
    rng = np.random.default_rng(0)
    broken, loss = network((6, 8, 4), rng)
    candidates = rng.standard_normal((200, 6))
    rows = candidates[draw_clear_batch(broken, candidates, 5, 1e-5, rng)]
    error = gradient_check(broken, rows, rng.integers(0, 4, 5), loss=loss)
    print(f"{what:50} {error:.1e}")

# %% [markdown]
# ## Q6.7 Training on MNIST
#
# The data come from a mirror (the folder in `PROOFSHEET_MIRROR`), from the folder of this
# notebook, or through torchvision. Without any of these, the handwritten digits of scikit-learn
# stand in, enlarged, and the notebook says so.

# %%
import os

import matplotlib.pyplot as plt

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEED = 0

# %%
# source: proofsheet.data.mnist_files
# source: proofsheet.data.standins.digits
# source: proofsheet.notebooks.loaders.mnist

# %%
(images, y), (test_images, test_y) = load_mnist(seed=SEED)
if QUICK:
    images, y = images[:3000], y[:3000]
print(f"{len(images)} training images, {len(test_images)} test images")

# %%
# source: problems.dl_hw1.p6_mytorch.fit

# %%
mean, std = images.mean(), images.std()
x, test_x = rows_of(images, mean, std), rows_of(test_images, mean, std)
model = perceptron((784, 128, 64, 10), "xavier", SEED)
print(model)

# %% [markdown]
# ### 1. The gradient check
#
# Of the whole network, on five images. (The quick run checks 60 entries of each array.)

# %%
epsilon = 1e-5
picked = draw_clear_batch(model, x, 5, epsilon, np.random.default_rng(SEED))
error = gradient_check(
    model,
    x[picked],
    y[picked],
    epsilon,
    loss=SoftmaxCrossEntropy(),
    sample=60 if QUICK else None,
)
entries = sum(min(p.size, 60) if QUICK else p.size for p in model.get_parameters())
print(f"largest relative error over {entries} entries: {error:.2e}  (allowed: 1e-5)")
assert error < 1e-5

# %% [markdown]
# ### 2. Training: 3 epochs, learning rate 0.1, batches of 64

# %%
trained = train(
    model, x, y, epochs=1 if QUICK else 3, rate=0.1, batch=64, rng=np.random.default_rng([SEED, 1])
)
losses = trained.losses.ravel()
plt.figure(figsize=(9, 3))
plt.semilogy(losses, color="0.8", linewidth=0.5, label="mini-batch")
plt.semilogy(
    np.arange(len(losses))[min(50, len(losses)) - 1 :],
    np.convolve(losses, np.full(min(50, len(losses)), 1 / min(50, len(losses))), "valid"),
    label="mean of the last 50",
)
plt.xlabel("iteration")
plt.ylabel("training loss")
plt.legend()
plt.show()
print("mean loss of each epoch:", trained.losses.mean(axis=1).round(4))

# %% [markdown]
# ### 3. Test accuracy

# %%
predicted = model.forward(test_x).argmax(axis=1)
print(f"test accuracy {np.mean(predicted == test_y):.2%}")

# %% [markdown]
# ### 4. Ten random test images

# %%
shown = np.sort(np.random.default_rng(SEED).choice(len(test_y), 10, replace=False))
figure, axes = plt.subplots(1, 10, figsize=(12, 1.8))
for axis, place in zip(axes, shown, strict=True):
    axis.imshow(test_images[place], cmap="gray_r")
    axis.set_title(f"pred. {predicted[place]}\ntrue {test_y[place]}")
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Beyond the text: the mean of the last epoch's weights
#
# At a constant learning rate the last step is a noisy one. The mean of the weights over the last
# epoch is not, and comes from the same training.

# %%
set_parameters(model, trained.mean_parameters)
print(f"test accuracy {np.mean(model.forward(test_x).argmax(axis=1) == test_y):.2%}")

# %% [markdown]
# ## The formulas of the PDF, each against a reference
#
# A check draws random cases and reports the largest error of a formula against an independent
# reference.

# %%
# source: proofsheet.checks

# %%
# source: problems.dl_hw1.p6_mytorch.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed
