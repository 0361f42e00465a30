# %% [markdown]
# # EECS 182, homework 5, question 6: convolution, pooling and spatial batch norm in NumPy
#
# Needs `pip install numpy matplotlib torchvision`. Beside the results of the workflow it reads the
# curves of the ConvNet; elsewhere it trains it, in about two minutes on one core.

# %%
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# Gradients are checked against central differences.

# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: rel_error, numeric_gradient

# %% [markdown]
# ## Convolution: forward, naive
#
# By the definition, one output at a time.


# %%
def padded(x, pad):
    """Zeros around each image (n, c, h, w)."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def conv_forward_naive(x, w, b, stride=1, pad=0):
    """Images (n, c, h, w) and filters (f, c, hh, ww) to (n, f, h', w')."""
    n, _, height, width = x.shape
    f, _, hh, ww = w.shape
    rows, columns = 1 + (height + 2 * pad - hh) // stride, 1 + (width + 2 * pad - ww) // stride
    out, framed = np.zeros((n, f, rows, columns), x.dtype), padded(x, pad)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = framed[:, None, :, top : top + hh, left : left + ww]
            out[:, :, i, j] = (window * w).sum(axis=(2, 3, 4)) + b
    return out


# %%
x = np.linspace(-0.1, 0.5, num=96).reshape(2, 3, 4, 4)
w = np.linspace(-0.2, 0.3, num=144).reshape(3, 3, 4, 4)
b = np.linspace(-0.1, 0.2, num=3)
out = conv_forward_naive(x, w, b, stride=2, pad=1)
by_hand = sum(
    padded(x, 1)[0, c, u, v] * w[0, c, u, v] for c in range(3) for u in range(4) for v in range(4)
)
print(
    f"output {out.shape}; entry (0, 0, 0, 0): {out[0, 0, 0, 0]:.8f}, by hand {by_hand + b[0]:.8f}"
)

# %% [markdown]
# ## Aside: image processing by convolution
#
# Two filters that are not learned: gray values, and horizontal edges.

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, prepared, divided, saved, drawn
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: official_cifar10, by_torchvision


# %%
data = prepared("cifar10") or official_cifar10()
pictures = data.train.x[:2].transpose(0, 3, 1, 2) / 255.0
by_hand_filters = np.zeros((2, 3, 3, 3))
by_hand_filters[0, :, 1, 1] = 0.3, 0.6, 0.1
by_hand_filters[1, 2] = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
processed = conv_forward_naive(pictures, by_hand_filters, np.array([0.0, 0.5]), pad=1)
figure, axes = plt.subplots(2, 3, figsize=(6, 4), layout="constrained")
for row, picture, maps in zip(axes, pictures, processed, strict=True):
    row[0].imshow(picture.transpose(1, 2, 0))
    for panel, values in zip(row[1:], maps, strict=True):
        panel.imshow(values, cmap="gray")
    for panel, title in zip(row, ("image", "gray", "edges"), strict=True):
        panel.set_title(title)
        panel.axis("off")
plt.show()

# %% [markdown]
# ## Convolution: backward
#
# A fast forward pass first: all windows as rows of one matrix (im2col), so that convolution is one
# matrix product and its backward pass two. It is the one that the networks use.


# %%
def windows_of(x, hh, ww, stride=1):
    """Views of all windows, (n, c, h', w', hh, ww)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (hh, ww), axis=(2, 3))
    return windows[:, :, ::stride, ::stride]


def conv_forward(x, w, b, stride=1, pad=0):
    """As `conv_forward_naive`, with what the backward pass needs."""
    f, _, hh, ww = w.shape
    windows = windows_of(padded(x, pad), hh, ww, stride)
    n, _, rows, columns = windows.shape[:4]
    matrix = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, -1)
    out = matrix @ w.reshape(f, -1).T + b
    return out.reshape(n, rows, columns, f).transpose(0, 3, 1, 2), (matrix, x, w, stride, pad)


def conv_backward(dout, cache):
    """∂L/∂x, ∂L/∂w, ∂L/∂b: each window gets its gradient back, and overlaps are added."""
    matrix, x, w, stride, pad = cache
    f, c, hh, ww = w.shape
    n, _, rows, columns = dout.shape
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, f)
    dw = (flat.T @ matrix).reshape(w.shape)
    back = (flat @ w.reshape(f, -1)).reshape(n, rows, columns, c, hh, ww)
    dx = np.zeros_like(padded(x, pad))
    for u in range(hh):
        for v in range(ww):
            down, right = (
                slice(u, u + stride * rows, stride),
                slice(v, v + stride * columns, stride),
            )
            dx[:, :, down, right] += back[..., u, v].transpose(0, 3, 1, 2)
    height, width = x.shape[2:]
    return dx[:, :, pad : pad + height, pad : pad + width], dw, flat.sum(axis=0)


# %%
rng = np.random.default_rng(231)
print(f"fast against naive: {rel_error(conv_forward(x, w, b, 2, 1)[0], out):.1e}")
x, w, b = (rng.standard_normal(shape) for shape in ((4, 3, 5, 5), (2, 3, 3, 3), (2,)))
dout = rng.standard_normal((4, 2, 5, 5))
_, cache = conv_forward(x, w, b, pad=1)
for name, found, at in zip(("dx", "dw", "db"), conv_backward(dout, cache), (x, w, b), strict=True):
    numeric = numeric_gradient(lambda: conv_forward(x, w, b, pad=1)[0], at, dout)
    print(f"{name} error: {rel_error(found, numeric):.1e}")

# %% [markdown]
# ## Max pooling
#
# Windows need not be square. The gradient goes to the place of the maximum.


# %%
def max_pool_forward(x, height=2, width=2, stride=2):
    """The largest entry of each window."""
    windows = windows_of(x, height, width, stride)
    flat = windows.reshape(*windows.shape[:4], -1)
    return flat.max(axis=-1), (flat.argmax(axis=-1), x.shape, width, stride)


def max_pool_backward(dout, cache):
    """The gradient of each window, added at the place of its maximum."""
    place, shape, width, stride = cache
    dx = np.zeros(shape, dout.dtype)
    image, channel, i, j = np.indices(dout.shape)
    np.add.at(dx, (image, channel, i * stride + place // width, j * stride + place % width), dout)
    return dx


# %%
x = np.linspace(-0.3, 0.4, num=96).reshape(2, 3, 4, 4)
pooled, _ = max_pool_forward(x)
expected = x.reshape(2, 3, 2, 2, 2, 2).max(axis=(3, 5))
print(f"pooled {pooled.shape}, error {rel_error(pooled, expected):.1e}")


def check_pooling(height, width, stride):
    """Error of the backward pass for random images."""
    x = rng.standard_normal((3, 2, 8, 8))
    pooled, cache = max_pool_forward(x, height, width, stride)
    dout = rng.standard_normal(pooled.shape)
    numeric = numeric_gradient(lambda: max_pool_forward(x, height, width, stride)[0], x, dout)
    error = rel_error(max_pool_backward(dout, cache), numeric)
    print(f"window {height} × {width}, stride {stride}: dx error {error:.1e}")


check_pooling(2, 2, 2)
check_pooling(3, 2, 1)

# %% [markdown]
# ## Spatial batch normalization
#
# A channel is the output of one filter at many places, so its mean and variance are taken over all
# images and pixels: batch norm with the pixels of all images as rows.

# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: batchnorm_forward, batchnorm_backward_alt


# %%
def spatial(function, x, *given, **options):
    """Apply batch norm, forward or backward, to images (n, c, h, w)."""
    n, c, height, width = x.shape
    out, *rest = function(x.transpose(0, 2, 3, 1).reshape(-1, c), *given, **options)
    return out.reshape(n, height, width, c).transpose(0, 3, 1, 2), *rest


# %% [markdown]
# **Check, training mode:** each channel gets mean β and standard deviation γ.

# %%
x = 4 * rng.standard_normal((2, 3, 4, 5)) + 10
print("before:", x.mean(axis=(0, 2, 3)).round(3), x.std(axis=(0, 2, 3)).round(3))
for gamma, beta in ((np.ones(3), np.zeros(3)), (np.array([3.0, 4, 5]), np.array([6.0, 7, 8]))):
    y, _ = spatial(batchnorm_forward, x, gamma, beta, {})
    print(f"γ = {gamma}, β = {beta}:", y.mean((0, 2, 3)).round(3), y.std((0, 2, 3)).round(3))

# %% [markdown]
# **Check, test mode:** after many training batches the running averages serve an unseen batch.

# %%
state = {}
for _ in range(50):
    spatial(batchnorm_forward, 2.3 * rng.standard_normal((10, 4, 11, 12)) + 13, np.ones(4),
            np.zeros(4), state)  # fmt: skip
unseen = 2.3 * rng.standard_normal((10, 4, 11, 12)) + 13
y, _ = spatial(batchnorm_forward, unseen, np.ones(4), np.zeros(4), state, training=False)
print("test mode:", y.mean(axis=(0, 2, 3)).round(3), y.std(axis=(0, 2, 3)).round(3))

# %% [markdown]
# **Check, backward:**

# %%
x, gamma, beta = 5 * rng.standard_normal((2, 3, 4, 5)) + 12, rng.random(3), rng.random(3)
dout = rng.standard_normal(x.shape)
_, cache = spatial(batchnorm_forward, x, gamma, beta, {})
for name, found, at in zip(
    ("dx", "dgamma", "dbeta"), spatial(batchnorm_backward_alt, dout, cache), (x, gamma, beta),
    strict=True,
):  # fmt: skip
    numeric = numeric_gradient(lambda: spatial(batchnorm_forward, x, gamma, beta, {})[0], at, dout)
    print(f"{name} error: {rel_error(found, numeric):.1e}")

# %% [markdown]
# ## Three-layer ConvNet
#
# Convolution (32 filters of 7 × 7) – [spatial batch norm] – ReLU – 2 × 2 max pooling – affine (100)
# – ReLU – affine – softmax.


# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: softmax_loss


# %%


class ThreeLayerConvNet:
    """Weights start at N(0, 2/fan-in), biases at 0."""

    def __init__(
        self, shape=(3, 32, 32), *, rng, filters=32, kernel=7, hidden=100, classes=10,
        normalize=False, strength=0.0, dtype=np.float32,
    ):  # fmt: skip
        channels, height, width = shape
        self.strength, self.state = strength, {} if normalize else None

        def weights(*sizes):
            std = np.sqrt(2 / np.prod(sizes[1:]))
            return (std * rng.standard_normal(sizes)).astype(dtype)

        self.params = {
            "W1": weights(filters, channels, kernel, kernel), "b1": np.zeros(filters, dtype),
            "W2": weights(hidden, filters * height * width // 4), "b2": np.zeros(hidden, dtype),
            "W3": weights(classes, hidden), "b3": np.zeros(classes, dtype),
        }  # fmt: skip
        if normalize:
            self.params |= {"gamma": np.ones(filters, dtype), "beta": np.zeros(filters, dtype)}

    def forward(self, x, training=True):
        """Scores, and what the backward pass needs."""
        p, norm = self.params, None
        x, conv = conv_forward(x, p["W1"], p["b1"], pad=p["W1"].shape[2] // 2)
        if self.state is not None:
            x, norm = spatial(
                batchnorm_forward, x, p["gamma"], p["beta"], self.state, training=training
            )
        positive = x > 0
        pooled, pool = max_pool_forward(x * positive)
        rows = pooled.reshape(len(x), -1)
        hidden = np.maximum(0, rows @ p["W2"].T + p["b2"])
        cache = (conv, norm, positive, pool, pooled.shape, rows, hidden)
        return hidden @ p["W3"].T + p["b3"], cache

    def loss(self, x, y):
        """Loss and the gradients of all parameters."""
        scores, (conv, norm, positive, pool, shape, rows, hidden) = self.forward(x)
        loss, dout = softmax_loss(scores, y)
        p, grads = self.params, {}
        grads["W3"], grads["b3"] = dout.T @ hidden, dout.sum(axis=0)
        dout = (dout @ p["W3"]) * (hidden > 0)
        grads["W2"], grads["b2"] = dout.T @ rows, dout.sum(axis=0)
        dout = max_pool_backward((dout @ p["W2"]).reshape(shape), pool) * positive
        if norm is not None:
            dout, grads["gamma"], grads["beta"] = spatial(batchnorm_backward_alt, dout, norm)
        _, grads["W1"], grads["b1"] = conv_backward(dout, conv)
        for name in ("W1", "W2", "W3"):
            loss += 0.5 * self.strength * np.sum(p[name] ** 2)
            grads[name] += self.strength * p[name]
        return loss, grads

    def accuracy(self, x, y, batch=250):
        """Share of the images that are classified right, in test mode."""
        parts = [self.forward(x[i : i + batch], False)[0] for i in range(0, len(x), batch)]
        return np.mean(np.concatenate(parts).argmax(axis=1) == y)


# %% [markdown]
# **Check, loss:** near ln 10 = 2.30 for small scores, and larger with a penalty.

# %%
x, y = rng.standard_normal((20, 3, 32, 32)), rng.integers(10, size=20)
for strength in (0.0, 0.5):
    net = ThreeLayerConvNet(rng=np.random.default_rng(0), strength=strength)
    net.params["W3"] *= 1e-3
    print(f"initial loss, strength {strength}: {net.loss(x, y)[0]:.3f}")

# %% [markdown]
# **Check, gradients,** of a small net with and without spatial batch norm:

# %%
x, y = rng.standard_normal((3, 2, 6, 6)), rng.integers(4, size=3)


def check_gradients(normalize):
    """Relative errors of all gradients."""
    net = ThreeLayerConvNet(
        (2, 6, 6), filters=3, kernel=3, hidden=7, classes=4, rng=rng, normalize=normalize,
        strength=0.1, dtype=np.float64,
    )  # fmt: skip
    _, grads = net.loss(x, y)
    for name, parameter in net.params.items():
        if normalize and name == "b1":
            continue  # its gradient is 0: batch norm takes the bias away
        numeric = numeric_gradient(lambda: net.loss(x, y)[0], parameter, 1.0)
        print(f"batch norm {normalize}, {name}: error {rel_error(grads[name], numeric):.0e}")


check_gradients(normalize=False)
check_gradients(normalize=True)

# %% [markdown]
# ## Overfit small data
#
# On 100 images the net should reach a high training accuracy.

# %%
# source: problems.eecs182_hw5.q6_cnn.experiments: KINDS, AdamRecipe, pixels, compare_convnets


# %%
# source: problems.eecs182_hw5.q6_cnn.textbook: train


# %%
def train_net(seen, held, recipe, *, rng, **options):
    """A new ConvNet trained with Adam; its loss by batch and its accuracies by epoch."""
    net = ThreeLayerConvNet(rng=rng, strength=recipe.strength, **options)
    return train(net, seen, held, recipe, rng)


seen, held = pixels(data, 1000)
print(f"{len(seen[1]):,} training images")
print(f"{len(held[1]):,} validation images")

# %%
few, few_held = (tuple(part[:100] for part in rows) for rows in (seen, held))
small = train_net(few, few_held, AdamRecipe(epochs=20), rng=np.random.default_rng(0))
print(f"training accuracy {100 * small['train_accuracy'][-1]:.0f} %, "
      f"validation accuracy {100 * small['validation_accuracy'][-1]:.0f} %")  # fmt: skip

# %% [markdown]
# ## Train the net
#
# On all 1,000 images, without and with spatial batch norm, one run each.

# %%
run = saved("eecs182_hw5/q6_cnn/runs/numpy")
curves = run[1] if run else compare_convnets(train_net, seen, held)

# %%
figure, panels = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
for kind in KINDS:
    for panel, what in zip(panels, ("train", "validation"), strict=True):
        values = curves[f"convnet_{kind}_{what}_accuracy"]
        panel.plot(np.arange(1, len(values) + 1), 100 * values, "o-", label=kind)
        panel.set(xlabel="epoch", ylabel=f"{what} accuracy / %")
        print(f"convnet.{kind}.{what}_accuracy = {100 * values[-1]:.1f} %")
    first = curves[f"convnet_{kind}_train_accuracy"][0]
    print(f"convnet.{kind}.first_train_accuracy = {100 * first:.1f} %")
panels[0].legend()
plt.show()

# %% [markdown]
# **What we see.** The net learns faster with spatial batch norm. After all epochs both overfit: the
# training accuracy is far above the validation accuracy, which is the same with and without spatial
# batch norm up to chance. It is above that of the fully connected nets on the same images, as one
# expects of weights that are shared over the image.
