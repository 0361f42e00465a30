# %% [markdown]
# # CSCI 5527, homework set 3, problem 2: correlation and template matching
#
# In $x \star y$ the second argument stands still and the first slides over it. NumPy and SciPy
# name the standing one first: $x \star y$ is `np.correlate(y, x, "full")`, and $X \star Y$ is
# `scipy.signal.correlate2d(Y, X, mode="full")`.
#
# The notebook needs numpy, scipy, matplotlib and, for (c) and (g), torch. SciPy's
# `correlate2d` takes some ten seconds for the example of (f); everything else is fast.

# %%
import os
import time

import matplotlib.pyplot as plt
import numpy as np
import scipy.signal
import torch

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
torch.set_num_threads(1)
plt.rcParams["image.cmap"] = "gray"

# %% [markdown]
# ## The implementation
#
# One dimension and two are the multichannel case with one row and one channel. There are two ways
# inside, a direct one (windows times a banded matrix) and one by Fourier transforms; the cheaper
# one for the given sizes is taken.

# %%
# source: problems.csci5527_hw3.p2_correlation.correlation

# %% [markdown]
# ## (a) One dimension

# %%
x, y = np.array([3, 2, 1]), np.array([4, 6, 3, 9])
print("x ⋆ y =", correlate1d(x, y))
print("y ⋆ x =", correlate1d(y, x))
assert np.array_equal(correlate1d(x, y), np.correlate(y, x, "full"))

rng = np.random.default_rng(0)
for _ in range(100):
    u, v = (rng.integers(-9, 10, n) for n in rng.integers(1, 30, 2))
    assert np.array_equal(correlate1d(v, u), correlate1d(u, v)[::-1])
print("y ⋆ x is x ⋆ y read backwards, on 100 random pairs")

# %% [markdown]
# ## (b), (c) The matrices $C_w$ and $C_x$
#
# $w \star x = C_w x = C_x w$. Both maps are linear, so $C_x$ is the Jacobian with respect to $w$
# and $C_w$ that with respect to $x$; PyTorch agrees. Letters are shown as numbers: 1, 2, 3 for
# $w_1, w_2, w_3$ and 1, 2, 3, 4 for $x_1, \dots, x_4$.

# %%
w, x = np.array([1, 2, 3]), np.array([1, 2, 3, 4])
print("C_w =", C_w(w, len(x)), "\n\nC_x =", C_x(x, len(w)), sep="\n")
assert np.array_equal(C_w(w, len(x)) @ x, correlate1d(w, x))
assert np.array_equal(C_x(x, len(w)) @ w, correlate1d(w, x))


def torch_correlate1d(w, x):
    return torch.nn.functional.conv1d(x[None, None], w[None, None], padding=len(w) - 1)[0, 0]


tensors = tuple(torch.from_numpy(a.astype(float)) for a in (w, x))
of_w, of_x = torch.autograd.functional.jacobian(torch_correlate1d, tensors)
assert np.array_equal(of_w, C_x(x, len(w)))
assert np.array_equal(of_x, C_w(w, len(x)))
print("\nBoth are PyTorch's Jacobians.")

# %% [markdown]
# ## (d) Two dimensions, against SciPy

# %%
worst = {"direct": 0.0, "fft": 0.0, "auto": 0.0}
for _ in range(20 if QUICK else 200):
    first, second = rng.integers(1, 60, (2, 2))
    z1, z2 = rng.standard_normal(first), rng.standard_normal(second)
    expected = scipy.signal.correlate2d(z2, z1, mode="full")
    for method in worst:
        error = np.abs(correlate2d(z1, z2, method=method) - expected).max()
        worst[method] = max(worst[method], error / np.abs(expected).max())
print("largest relative error:", {name: f"{value:.1e}" for name, value in worst.items()})
assert max(worst.values()) < 1e-10

# %% [markdown]
# ## The images of (e) and (f)
#
# From a mirror or the folder of this notebook, else by `scipy.datasets`, else drawn.

# %%
# source: proofsheet.data.scipy_images: ascent_pixels, face_pixels, SHA256
# source: proofsheet.data.scipy_images: drawn_ascent, drawn_face, _texture, _as_bytes


# %%
import hashlib


def from_files():
    """The published files, verified."""
    for folder in (os.path.join(os.environ.get("PROOFSHEET_MIRROR") or "", "scipy"), "."):
        data = {}
        for name in SHA256:
            path = os.path.join(folder, f"{name}.dat")
            if os.path.exists(path):
                with open(path, "rb") as file:
                    data[name] = file.read()
        if len(data) == 2:
            for name, expected in SHA256.items():
                assert hashlib.sha256(data[name]).hexdigest() == expected, f"{name}.dat is damaged"
            print("Read from files.")
            return ascent_pixels(data["ascent"]), face_pixels(data["face"])
    return None


def from_client():
    """scipy.datasets, if it can be asked."""
    import socket

    try:
        socket.create_connection(("raw.githubusercontent.com", 443), timeout=5).close()
        from scipy import datasets

        images = datasets.ascent(), datasets.face()
    except Exception as error:
        print(f"scipy.datasets cannot be asked ({error}).")
        return None
    print("Fetched by scipy.datasets.")
    return images


def load_images():
    for source in (from_files, from_client):
        images = source()
        if images is not None:
            return images
    print("NOT THE REAL IMAGES: these are drawn.")
    rng = np.random.default_rng(0)
    return drawn_ascent(rng), drawn_face(rng)


ascent, face = load_images()

# %% [markdown]
# ## (e) Gradient magnitude
#
# $X_1$ is $(3, 10, 3)^\top (-1, 0, 1)$: a central difference along the rows, averaged over three
# rows; the result is 32 times the derivative for polynomials of degree at most 2. Outside the
# image the full cross-correlation sees black, so the border itself is an edge, two pixels wide,
# with magnitude 16 times the gray level beside it.

# %%
X1 = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]])
Y = ascent.astype(np.int64)
G1, G2 = correlate2d(X1, Y), correlate2d(X1.T, Y)
magnitude = np.sqrt(G1**2 + G2**2)

scharr = X1 + 1j * X1.T  # SciPy's example: both filters at once, the image continued by symmetry
example = np.abs(scipy.signal.convolve2d(Y, scharr, boundary="symm", mode="same"))

figure, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
bright = np.quantile(example, 0.995)
for axis, image, title, top in (
    (axes[0], ascent, "image", 255),
    (axes[1], magnitude, f"ours, full {magnitude.shape}", bright),
    (axes[2], example, f"SciPy's example {example.shape}", bright),
):
    axis.imshow(image, vmin=0, vmax=top)
    axis.set_title(title)
    axis.set_axis_off()
plt.show()

inside = np.abs(magnitude[2:-2, 2:-2] - example[1:-1, 1:-1]).max()
print(f"largest difference away from the border: {inside:.1e}")
beside = np.maximum(Y[1:-1, 0], 1)
print(f"border over gray level beside it: {(magnitude[2:-2, 0] / beside).mean():.1f} on average")

# %% [markdown]
# ## (f) Template matching

# %%
# source: problems.csci5527_hw3.p2_correlation.template_matching

# %%
eye = np.s_[300:365, 670:750]
top, left = 0, 0
levels = gray(face).astype(float)
if QUICK:  # a piece of the image around the eye
    top, left = 250, 600
    levels, eye = levels[250:450, 600:850], np.s_[50:115, 70:150]
image = levels - levels.mean()
template = image[eye] - image[eye].mean()
noise = 50 * np.random.default_rng(0).standard_normal(image.shape)

start = time.perf_counter()
scores = score_map(image + noise, template)
seconds = time.perf_counter() - start
start = time.perf_counter()
scipys = scipy.signal.correlate2d(image + noise, template, boundary="symm", mode="same")
seconds_scipy = time.perf_counter() - start

row, column = peak(scores)
print(f"ours:  row {row + top}, column {column + left}, in {seconds:.2f} s")
r, c = peak(scipys)
print(f"SciPy: row {r + top}, column {c + left}, in {seconds_scipy:.2f} s")
print(f"relative difference {np.abs(scores - scipys).max() / scipys.max():.1e}")
assert (row, column) == (r, c)

# %% [markdown]
# Without the subtraction of means the score is $\langle T - \bar t, P - \bar p \rangle + n \bar t
# \bar p$, and its second term rewards whatever is bright.

# %%
maps = {
    "no mean subtracted": score_map(levels + noise, levels[eye]),
    "both means subtracted": scores,
    "correlation coefficient": normalized_score_map(levels + noise, levels[eye]),
}
figure, axes = plt.subplots(1, 4, figsize=(14, 3), layout="constrained")
axes[0].imshow(image + noise)
axes[0].set_title("image with noise")
for axis, (name, values) in zip(axes[1:], maps.items(), strict=True):
    axis.imshow(values, cmap="cividis")
    axis.set_title(name)
    r, c = peak(values)
    axis.plot(c, r, "rx")
    axes[0].plot(c, r, "x", label=f"{name}: {r + top}, {c + left}")
for axis in axes:
    axis.set_axis_off()
axes[0].legend(fontsize=6)
plt.show()

# %% [markdown]
# ## (g) Many channels, against PyTorch
#
# Two zeros on every side make PyTorch's result the full one.

# %%
h = w = 3
H = W = D = 10 if QUICK else 50
X, Y = rng.standard_normal((h, w, D)), rng.standard_normal((H, W, D))

layer = torch.nn.Conv2d(D, 1, (h, w), padding=(h - 1, w - 1), bias=False)
layer.weight = torch.nn.Parameter(torch.tensor(X).permute(2, 0, 1)[None])
with torch.no_grad():
    reference = layer(torch.tensor(Y).permute(2, 0, 1)[None])[0, 0].numpy()

planes = sum(correlate2d(X[:, :, d], Y[:, :, d]) for d in range(D))  # equation (1), b = 0
padded = np.pad(Y, ((h - 1, h - 1), (w - 1, w - 1), (0, 0)))
tubes = np.array(
    [
        [np.sum(X * padded[k : k + h, l : l + w]) for l in range(W + w - 1)]  # noqa: E741
        for k in range(H + h - 1)
    ]
)
for name, found in (
    ("correlate_multichannel", correlate_multichannel(X, Y)),
    ("sum of 2D cross-correlations", planes),
    ("inner products of tubes", tubes),
):
    assert found.shape == reference.shape == (H + h - 1, W + w - 1)
    error = np.abs(found - reference).max() / np.abs(reference).max()
    print(f"{name:30} relative error {error:.1e}")
    assert error < 1e-10
