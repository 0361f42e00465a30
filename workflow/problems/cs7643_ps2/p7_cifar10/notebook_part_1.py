# %% [markdown]
# # Problem 7, part 1: a ConvNet in NumPy
#
# Convolution, max pooling, ReLU and a linear layer with softmax and cross-entropy, forward and
# backward, and SGD with momentum. Needs `pip install numpy torchvision matplotlib`. Beside the
# results of the workflow it reads the finished training; elsewhere it trains, in a few minutes.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

SEED = 0

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, prepared, divided, published, saved, drawn
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: official_cifar10, by_torchvision

# %%
data = prepared("cifar10") or official_cifar10()
for part in ("train", "val", "test"):
    print(f"counts.{part} = {len(getattr(data, part).y):,}")

# %% [markdown]
# ## Convolution
#
# All windows of the padded input become the rows of one matrix; the output is a matrix product with
# the kernels. Backward: the kernels' gradient is the product of the output's gradient and the same
# rows, and each output position adds its gradient times the kernel to the window that it came from.


# %%
def drawn_weights(shape, fan_in, fan_out, rng):
    """Xavier's: normal with variance 2 / (fan_in + fan_out)."""
    return (np.sqrt(2 / (fan_in + fan_out)) * rng.standard_normal(shape)).astype(np.float32)


class Convolution:
    """Y[n, o] = b[o] + sum over c of W[o, c] * X[n, c], without flipping the kernels."""

    def __init__(self, inputs, outputs, size, rng, *, stride=1, padding=0):
        shape = (outputs, inputs, size, size)
        self.W = drawn_weights(shape, inputs * size**2, outputs * size**2, rng)
        self.b = np.zeros(outputs, np.float32)
        self.stride, self.padding = stride, padding

    def forward(self, x):
        """(n, c, h, w) to (n, o, height, width)."""
        p, s, k = self.padding, self.stride, self.W.shape[-1]
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = sliding_window_view(padded, (k, k), axis=(2, 3))[:, :, ::s, ::s]
        n, _, height, width = windows.shape[:4]
        self.padded_shape = padded.shape
        self.rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * height * width, -1)
        y = self.rows @ self.W.reshape(len(self.W), -1).T + self.b
        return y.reshape(n, height, width, -1).transpose(0, 3, 1, 2)

    def backward(self, g):
        """From dL/dy to dL/dx; sets dW and db."""
        n, outputs, height, width = g.shape
        p, s, k = self.padding, self.stride, self.W.shape[-1]
        flat = g.transpose(0, 2, 3, 1).reshape(-1, outputs)
        self.dW, self.db = (flat.T @ self.rows).reshape(self.W.shape), flat.sum(axis=0)
        dx = np.zeros(self.padded_shape, g.dtype)
        for u, v in np.ndindex(k, k):
            part = (flat @ self.W[:, :, u, v]).reshape(n, height, width, -1).transpose(0, 3, 1, 2)
            dx[:, :, u : u + s * height : s, v : v + s * width : s] += part
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


# %% [markdown]
# ## Max pooling
#
# The gradient goes to the position of the maximum, to the first one where there are several.


# %%
class MaxPooling:
    """The largest entry of each window."""

    def __init__(self, size, stride):
        self.size, self.stride = size, stride

    def forward(self, x):
        """(n, c, h, w) to (n, c, height, width)."""
        k, s = self.size, self.stride
        windows = sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::s, ::s]
        entries = windows.reshape(*windows.shape[:4], k * k)
        self.shape, self.place = x.shape, entries.argmax(axis=-1)
        return entries.max(axis=-1)

    def backward(self, g):
        """From dL/dy to dL/dx."""
        (height, width), s = g.shape[2:], self.stride
        dx = np.zeros(self.shape, g.dtype)
        for u, v in np.ndindex(self.size, self.size):
            part = g * (self.place == u * self.size + v)
            dx[:, :, u : u + s * height : s, v : v + s * width : s] += part
        return dx


# %% [markdown]
# ## ReLU, linear layer, softmax with cross-entropy
#
# The gradient of the loss with respect to the logits is softmax minus the one-hot label, divided
# by the batch size.


# %%
class ReLU:
    """max(0, x), with slope 0 at 0."""

    def forward(self, x):
        """Of the shape of x."""
        self.positive = x > 0
        return np.maximum(x, 0)

    def backward(self, g):
        """The gradient where x was positive."""
        return g * self.positive


class Linear:
    """Z = X W^T + b; images are flattened."""

    def __init__(self, inputs, outputs, rng):
        self.W = drawn_weights((outputs, inputs), inputs, outputs, rng)
        self.b = np.zeros(outputs, np.float32)

    def forward(self, x):
        """(n, ...) to (n, outputs)."""
        self.shape, self.x = x.shape, x.reshape(len(x), -1)
        return self.x @ self.W.T + self.b

    def backward(self, g):
        """From dL/dy to dL/dx; sets dW and db."""
        self.dW, self.db = g.T @ self.x, g.sum(axis=0)
        return (g @ self.W).reshape(self.shape)


def cross_entropy(z, y):
    """Mean loss of the logits z, and its gradient (softmax(z) - one-hot(y)) / n."""
    shifted = z - z.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    total, rows = p.sum(axis=1, keepdims=True), np.arange(len(y))
    p /= total
    loss = (np.log(total[:, 0]) - shifted[rows, y]).mean()
    p[rows, y] -= 1
    return loss, p / len(y)


# %% [markdown]
# ## The network, and SGD with momentum
#
# $v \leftarrow \beta v - \eta\, (\partial L / \partial w + \lambda w)$, $w \leftarrow w + v$.


# %%
def convnet(seed, channels=32, side=32):
    """Convolution 5 x 5 with padding 2, ReLU, max pooling 2 x 2, linear layer."""
    rng = np.random.default_rng(seed)
    return [
        Convolution(3, channels, 5, rng, padding=2),
        ReLU(),
        MaxPooling(2, 2),
        Linear(channels * (side // 2) ** 2, 10, rng),
    ]


def forward(layers, x):
    """Logits."""
    for layer in layers:
        x = layer.forward(x)
    return x


def backward(layers, g):
    """Set the gradients of all parameters."""
    for layer in reversed(layers):
        g = layer.backward(g)
    return g


def centered(images, mean):
    """Bytes (n, h, w, 3) minus the mean image, (n, 3, h, w)."""
    return np.ascontiguousarray((images - mean.astype(np.float32)).transpose(0, 3, 1, 2))


def fit(layers, images, y, epochs, batch, eta=1e-4, beta=0.9, decay=1e-3):
    """SGD; loss and accuracy of each batch before its step, (epochs, steps)."""
    rng, mean = np.random.default_rng(SEED), images.mean(axis=0)
    weighted = [layer for layer in layers if hasattr(layer, "W")]
    parameters = [p for layer in weighted for p in (layer.W, layer.b)]
    velocities = [np.zeros_like(p) for p in parameters]
    shape = (epochs, -(-len(y) // batch))
    curves = {"loss": np.zeros(shape), "accuracy": np.zeros(shape)}
    for epoch in range(epochs):
        order = rng.permutation(len(y))
        for step, start in enumerate(range(0, len(y), batch)):
            picked = order[start : start + batch]
            z = forward(layers, centered(images[picked], mean))
            curves["loss"][epoch, step], g = cross_entropy(z, y[picked])
            curves["accuracy"][epoch, step] = (z.argmax(axis=1) == y[picked]).mean()
            backward(layers, g)
            gradients = [g for layer in weighted for g in (layer.dW, layer.db)]
            for w, v, g in zip(parameters, velocities, gradients, strict=True):
                v *= beta
                v -= eta * (g + decay * w)
                w += v
            if step % 100 == 99:
                mean_loss = curves["loss"][epoch, step - 99 : step + 1].mean()
                print(f"steps {step - 98} to {step + 1}: mean loss {mean_loss:.3f}")
    return curves


def share_right(layers, images, y, mean):
    """Accuracy."""
    parts = range(0, len(y), 250)
    z = [forward(layers, centered(images[i : i + 250], mean)) for i in parts]
    return (np.concatenate(z).argmax(axis=1) == y).mean()


# %% [markdown]
# ## Gradient check
#
# Every gradient of a small copy against central differences, in double precision.

# %%
small = convnet(SEED, channels=4, side=8)
for layer in (small[0], small[3]):
    layer.W, layer.b = layer.W.astype(np.float64), layer.b.astype(np.float64)
rng = np.random.default_rng(SEED)
x, y = rng.standard_normal((3, 3, 8, 8)), rng.integers(0, 10, 3)
backward(small, cross_entropy(forward(small, x), y)[1])
error, h = 0.0, 1e-6
for layer in (small[0], small[3]):
    for w, gradient in ((layer.W, layer.dW), (layer.b, layer.db)):
        gradient = gradient.copy()
        for place in np.ndindex(w.shape):
            kept, losses = w[place], []
            for sign in (1, -1):
                w[place] = kept + sign * h
                losses.append(cross_entropy(forward(small, x), y)[0])
            w[place] = kept
            difference = (losses[0] - losses[1]) / (2 * h)
            error = max(error, abs(difference - gradient[place]) / np.abs(gradient).max())
print(f"largest error, relative to the largest gradient: {error:.1e}")
assert error < 1e-5

# %% [markdown]
# ## Overfitting the first 50 training images
#
# Ten epochs, batches of 10. The course expects a training accuracy of about 90 %: a network with
# correct gradients memorizes so few images.


# %%
first = published(data).train
few_x, few_y = first.x[:50], first.y[:50]


def trained():
    """Both trainings of part 1, with what the workflow keeps of them."""
    few = convnet(SEED)
    few_curves = fit(few, few_x, few_y, epochs=10, batch=10)
    whole, start = convnet(SEED), time.perf_counter()
    whole_curves = fit(whole, data.train.x, data.train.y, epochs=1, batch=50)
    seconds, mean = time.perf_counter() - start, data.train.x.mean(axis=0)
    return {
        "overfit": {"train_accuracy": share_right(few, few_x, few_y, few_x.mean(axis=0))},
        "numpy": {
            "images": len(data.train.y),
            "test_accuracy": share_right(whole, data.test.x, data.test.y, mean),
            "seconds": seconds,
        },
    }, {
        **{f"few_{name}": curve for name, curve in few_curves.items()},
        **{f"whole_{name}": curve[0] for name, curve in whole_curves.items()},
    }


run, arrays = saved("cs7643_ps2/p7_cifar10/runs/numpy") or trained()

# %% [markdown]
# The layers above take the same steps: one epoch with them has the losses of that training.

# %%
again = fit(convnet(SEED), few_x, few_y, epochs=1, batch=10)["loss"][0]
assert np.allclose(again, arrays["few_loss"][0], rtol=1e-3)
print(f"overfit.first_loss = {again[0]:.1f}")
print(f"overfit.first_epoch_loss = {again.mean():.1f}")
print(f"overfit.last_loss = {arrays['few_loss'][-1].mean():.1f}")
print(f"overfit.train_accuracy = {100 * run['overfit']['train_accuracy']:.2f} %")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
left.plot(arrays["few_loss"].ravel())
left.set(xlabel="step", ylabel="loss of a batch", yscale="symlog")
right.plot(np.arange(1, 11), 100 * arrays["few_accuracy"].mean(axis=1), "o-")
right.set(xlabel="epoch", ylabel="training accuracy / %")
plt.show()

# %% [markdown]
# ## All training images, once
#
# Batches of 50, otherwise as above. Each image is seen once, so the accuracy on a batch before its
# step is an estimate on new images.

# %%
parameters = sum(
    p.size for layer in convnet(SEED) if hasattr(layer, "W") for p in (layer.W, layer.b)
)
print(f"numpy.parameters = {parameters:,}")
print(f"numpy.images = {run['numpy']['images']:,}")
print(f"numpy.test_accuracy = {100 * run['numpy']['test_accuracy']:.2f} %")
window = max(len(arrays["whole_accuracy"]) // 40, 1)
mean = np.convolve(arrays["whole_accuracy"], np.full(window, 1 / window), "valid")
plt.figure(figsize=(5, 3))
plt.plot(100 * mean)
plt.xlabel("batch of the epoch")
plt.ylabel("accuracy, running mean / %")
plt.show()
