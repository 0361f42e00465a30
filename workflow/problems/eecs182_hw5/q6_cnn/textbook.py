"""What the two NumPy notebooks of question 6 share: differences, batch norm, the loss, Adam."""

from __future__ import annotations

import numpy as np


def rel_error(a, b):
    """Largest relative error."""
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


def numeric_gradient(f, x, df, h=1e-5):
    """Gradient of Σ f(x) ⊙ df by central differences; x is changed and put back."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = np.sum(f() * df)
        x[i] = kept - h
        below = np.sum(f() * df)
        x[i] = kept
        gradient[i] = (above - below) / (2 * h)
    return gradient


def batchnorm_forward(x, gamma, beta, state, training=True, decay=0.9, eps=1e-5):
    """y = γ (x − μ)/√(σ² + ε) + β for x (n, d); `state` holds the running averages."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        unbiased = var * len(x) / max(len(x) - 1, 1)
        state["mean"] = decay * state.get("mean", 0) + (1 - decay) * mean
        state["var"] = decay * state.get("var", 1) + (1 - decay) * unbiased
    else:
        mean, var = state["mean"], state["var"]
    std = np.sqrt(var + eps)
    z = (x - mean) / std
    return gamma * z + beta, (z, gamma, std, x - mean)


def batchnorm_backward_alt(dout, cache):
    """∂L/∂x, ∂L/∂γ, ∂L/∂β by the closed form of question 6 (b): two sums and one line."""
    z, gamma, std, _ = cache
    n = len(dout)
    dgamma, dbeta = (dout * z).sum(axis=0), dout.sum(axis=0)
    return gamma / (n * std) * (n * dout - dbeta - z * dgamma), dgamma, dbeta


def softmax_loss(scores, y):
    """Mean cross-entropy and its gradient."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    gradient = np.exp(log_p)
    gradient[np.arange(len(y)), y] -= 1
    return -log_p[np.arange(len(y)), y].mean(), gradient / len(y)


def train(net, seen, held, recipe, rng):
    """Fit `net` with Adam; its loss by batch and its accuracies by epoch.

    Args:
        net: has `params` by name, `loss(x, y)` with its gradients by name, and `accuracy(x, y)`.
        seen, held: rows and classes to train and to watch.
        recipe: epochs, batch and learning rate.
        rng: draws the order of each epoch.
    """
    m = {name: np.zeros_like(p) for name, p in net.params.items()}
    v = {name: np.zeros_like(p) for name, p in net.params.items()}
    curves, t = {"loss": [], "train_accuracy": [], "validation_accuracy": []}, 0
    for _ in range(recipe.epochs):
        for picked in np.split(
            rng.permutation(len(seen[1])), range(recipe.batch, len(seen[1]), recipe.batch)
        ):
            loss, grads = net.loss(seen[0][picked], seen[1][picked])
            curves["loss"].append(loss)
            t += 1
            for name, g in grads.items():
                m[name] = 0.9 * m[name] + 0.1 * g
                v[name] = 0.999 * v[name] + 0.001 * g * g
                m_hat, v_hat = m[name] / (1 - 0.9**t), v[name] / (1 - 0.999**t)
                net.params[name] -= recipe.learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)
        curves["train_accuracy"].append(net.accuracy(*seen))
        curves["validation_accuracy"].append(net.accuracy(*held))
    return {name: np.array(values) for name, values in curves.items()}
