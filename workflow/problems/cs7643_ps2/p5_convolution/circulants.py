"""Circular convolution and the matrices that commute with a circular shift (CS 7643 PS 2, p. 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def shift_matrix(n: int) -> np.ndarray:
    """S (n, n) with (Sx)_i = x_{i−1 mod n}: all entries move by one, the last to the front."""
    return np.roll(np.eye(n, dtype=int), 1, axis=0)


def circulant(a: Sequence[float] | np.ndarray) -> np.ndarray:
    """C_a (n, n): first column a (n,), each further column the previous one shifted."""
    a = np.asarray(a)
    i = np.arange(a.size)
    return a[(i[:, None] - i) % a.size]


def circular_convolution(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """(x ∗ w)_i = Σ_k x_k w_{i−k mod n} for vectors (n,), term by term as it is defined."""
    n = len(x)
    return np.array([sum(x[k] * w[(i - k) % n] for k in range(n)) for i in range(n)])


def commutator_operator(*shifts: np.ndarray) -> np.ndarray:
    """The linear map vec L ↦ (vec(LS − SL) for every S), rows stacked; L and every S (n, n).

    Its null space is the set of all linear maps that commute with the shifts.
    """
    one = np.eye(len(shifts[0]))
    return np.concatenate([np.kron(one, S.T) - np.kron(S, one) for S in shifts])


def nullity(operator: np.ndarray) -> int:
    """Dimension of the null space."""
    return operator.shape[1] - int(np.linalg.matrix_rank(operator))


def grid_shifts(*sizes: int) -> list[np.ndarray]:
    """The shifts of an image or a video by one pixel along each axis, on its entries in a row."""
    return [
        np.kron(
            np.kron(np.eye(int(np.prod(sizes[:axis]))), shift_matrix(size)),
            np.eye(int(np.prod(sizes[axis + 1 :]))),
        )
        for axis, size in enumerate(sizes)
    ]
