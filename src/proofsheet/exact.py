"""Exact arithmetic for checks of identities: numbers modulo the prime 2⁶¹ − 1, with derivatives.

A formula of NumPy operations runs on object arrays of `Number` as it runs on floats. Two rational
functions that agree at one random point modulo p are the same function, unless the point is a root
of their difference; by the Schwartz–Zippel lemma that has probability at most d/p for a difference
of total degree d (Schwartz, J. ACM 27, 1980). Each number carries a bound on the degree of the
function of the drawn variables that it is a value of, so d is computed and not guessed.

Beyond rational functions:

- A square root is a new variable s with s² = v. Modulo p, half of all v have a root; the root that
  has a root itself is taken, so that √(ab) = √a √b. A point where some v has none is drawn again.
- `exp` of a sum of logits is a product of independent variables e_i = exp(z_i), which is sound
  because the e_i are algebraically independent of the z_i.
- `log`, `sin`, `cos`, and `exp` of anything else are unknown constants, the same for the same
  argument, with the right derivatives and sin² + cos² = 1.

A float stands for the simplest fraction that rounds to it: 0.9 is 9/10.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any, ClassVar

import numpy as np

PRIME = 2**61 - 1


class Redraw(Exception):
    """No value at this point: a zero denominator, or a square root that does not exist."""


class Number:
    """A truncated power series c₀ + c₁t + … with coefficients modulo p: a value and derivatives.

    Attributes:
        parts: (c₀, c₁, …), each in [0, p).
        over, under: bounds on the degrees of numerator and denominator of c₀ in what was drawn.
        logits: of a linear combination of logits, its coefficients modulo p by variable; else None.
    """

    __slots__ = ("logits", "over", "parts", "under")
    roots: ClassVar[set[int]] = set()
    """The numbers whose roots were taken at this point."""
    ordered: ClassVar[bool] = False
    """Whether this check may compare numbers (see `exact_check`)."""

    def __init__(
        self, parts: tuple[int, ...], over: int = 0, under: int = 0, logits: dict | None = None
    ) -> None:
        self.parts, self.over, self.under, self.logits = parts, over, under, logits

    # Arithmetic ---------------------------------------------------------------------------

    def __add__(self, other: Any) -> Number:
        if (other := number(other)) is None:
            return NotImplemented
        over = max(self.over + other.under, other.over + self.under)
        parts = tuple((a + b) % PRIME for a, b in _padded(self, other))
        return Number(parts, over, self.under + other.under, _added(self, other))

    def __mul__(self, other: Any) -> Number:
        if (other := number(other)) is None:
            return NotImplemented
        a, b = self.parts, other.parts
        if len(a) == len(b) == 1:
            parts = (a[0] * b[0] % PRIME,)
        else:
            parts = tuple(
                sum(a[i] * b[k - i] for i in range(k + 1) if i < len(a) and k - i < len(b)) % PRIME
                for k in range(max(len(a), len(b)))
            )
        return Number(parts, self.over + other.over, self.under + other.under, _scaled(self, other))

    def __truediv__(self, other: Any) -> Number:
        other = number(other)
        return NotImplemented if other is None else self * other.inverse()

    def inverse(self) -> Number:
        a = self.parts
        if not a[0]:
            raise Redraw
        parts = [pow(a[0], -1, PRIME)]
        for k in range(1, len(a)):
            parts.append(-parts[0] * sum(a[i] * parts[k - i] for i in range(1, k + 1)) % PRIME)
        return Number(tuple(parts), self.under, self.over)

    def __neg__(self) -> Number:
        return self * -1

    def __sub__(self, other: Any) -> Number:
        other = number(other)
        return NotImplemented if other is None else self + other * -1

    def __rsub__(self, other: Any) -> Number:
        return -self + other

    def __rtruediv__(self, other: Any) -> Number:
        return self.inverse() * other

    __radd__, __rmul__ = __add__, __mul__

    def __pos__(self) -> Number:
        return self

    def __pow__(self, exponent: Any) -> Number:
        """Integer and half-integer powers."""
        halves = 2 * Fraction(exponent)
        if halves.denominator != 1:
            raise TypeError(f"an exact number has no power {exponent}")
        base = self if halves % 2 == 0 else self.sqrt()
        steps = int(halves / 2) if halves % 2 == 0 else int(halves)
        if steps < 0:
            base, steps = base.inverse(), -steps
        result = Number((1,))
        while steps:
            result = result * base if steps & 1 else result
            base, steps = base * base, steps >> 1
        return result

    # What NumPy calls for np.sqrt, np.exp, ... of an object array ------------------------------

    def sqrt(self) -> Number:
        a = self.parts
        root = pow(a[0], (PRIME + 1) // 4, PRIME)
        if not root or root * root % PRIME != a[0]:
            raise Redraw
        Number.roots.add(a[0])
        # The root that is a square itself: p is 3 modulo 4, so it is one of the two.
        parts = [root]
        half = pow(2 * root, -1, PRIME)
        for k in range(1, len(a)):
            known = sum(parts[i] * parts[k - i] for i in range(1, k))
            parts.append((a[k] - known) * half % PRIME)
        return Number(tuple(parts), (self.over + 1) // 2, (self.under + 1) // 2)

    def exp(self) -> Number:
        logits = {} if self.logits is None and not self.parts[0] else self.logits
        powers = {z: (c + PRIME // 2) % PRIME - PRIME // 2 for z, c in (logits or {}).items()}
        if logits is None or any(abs(power) > 100 for power in powers.values()):
            first, degree_over, degree_under = self._unknown("exp"), self.over + 1, self.under
        else:
            first = math.prod(pow(z, power, PRIME) for z, power in powers.items()) % PRIME
            degree_over = sum(max(power, 0) for power in powers.values())
            degree_under = sum(max(-power, 0) for power in powers.values())
        a, parts = self.parts, [first]
        for k in range(1, len(a)):
            total = sum(i * a[i] * parts[k - i] for i in range(1, k + 1))
            parts.append(total * pow(k, -1, PRIME) % PRIME)
        return Number(tuple(parts), degree_over, degree_under)

    def log(self) -> Number:
        a = self.parts
        if not a[0]:
            raise Redraw
        parts = [self._unknown("log") if a[0] != 1 else 0]
        inverse = pow(a[0], -1, PRIME)
        for k in range(1, len(a)):
            total = k * a[k] - sum(i * parts[i] * a[k - i] for i in range(1, k))
            parts.append(total * inverse * pow(k, -1, PRIME) % PRIME)
        return Number(tuple(parts), self.over + 1, self.under)

    def sin(self) -> Number:
        return self._sine_and_cosine()[0]

    def cos(self) -> Number:
        return self._sine_and_cosine()[1]

    def _sine_and_cosine(self) -> list[Number]:
        half = self._unknown("tan")  # the tangent of half the angle
        scale = pow(1 + half * half, -1, PRIME)
        sine, cosine = [2 * half * scale % PRIME], [(1 - half * half) * scale % PRIME]
        a = self.parts
        for k in range(1, len(a)):
            rise = sum(i * a[i] * cosine[k - i] for i in range(1, k + 1))
            fall = sum(i * a[i] * sine[k - i] for i in range(1, k + 1))
            sine.append(rise * pow(k, -1, PRIME) % PRIME)
            cosine.append(-fall * pow(k, -1, PRIME) % PRIME)
        return [Number(tuple(parts), self.over + 2, self.under + 2) for parts in (sine, cosine)]

    def _unknown(self, function: str) -> int:
        """Some number for this value of the function: equal arguments have equal logarithms."""
        return Random(f"{function} {self.parts[0]}").randrange(1, PRIME)

    def tanh(self) -> Number:
        square = (2 * self).exp()
        return (square - 1) / (square + 1)

    def conjugate(self) -> Number:
        return self

    # Comparisons --------------------------------------------------------------------------

    def __eq__(self, other: Any) -> Any:
        other = number(other)
        return NotImplemented if other is None else all(a == b for a, b in _padded(self, other))

    __hash__ = None

    def __lt__(self, other: Any) -> bool:
        if not Number.ordered:
            raise TypeError("numbers modulo p have no order (see `exact_check`)")
        # The half below p/2 is positive: −x has the other sign.
        return (number(other) - self).parts[0] - 1 < PRIME // 2 and self != other

    def __gt__(self, other: Any) -> bool:
        return -self < -number(other)

    def __le__(self, other: Any) -> bool:
        return self == other or self < other

    def __ge__(self, other: Any) -> bool:
        return self == other or self > other

    def __abs__(self) -> Number:
        return -self if self < 0 else self

    def __bool__(self) -> bool:
        return self != 0

    def __repr__(self) -> str:
        return f"Number{self.parts}"


def number(value: Any) -> Number | None:
    """An integer, a fraction or a finite float as a Number; None for anything else."""
    if isinstance(value, Number):
        return value
    if isinstance(value, np.generic | np.ndarray) and np.ndim(value) == 0:
        return number(value.item())
    if isinstance(value, int | float | Fraction) and math.isfinite(value):
        return Number((_residue(value),))
    return None


@lru_cache(maxsize=4096)
def _residue(value: int | float | Fraction) -> int:
    exact = Fraction(value)
    if isinstance(value, float):
        simple = exact.limit_denominator(10**6)
        exact = simple if float(simple) == value else exact
    return exact.numerator * pow(exact.denominator, -1, PRIME) % PRIME


def _padded(a: Number, b: Number) -> list[tuple[int, int]]:
    """The coefficients of both, side by side."""
    missing = len(a.parts) - len(b.parts)
    return list(zip(a.parts + (0,) * -missing, b.parts + (0,) * missing, strict=True))


def _added(a: Number, b: Number) -> dict | None:
    """The logits of a sum."""
    if a.logits is None or b.logits is None:
        form, rest = (a, b) if b.logits is None else (b, a)
        return form.logits if rest == 0 else None
    return {z: (a.logits.get(z, 0) + b.logits.get(z, 0)) % PRIME for z in a.logits | b.logits}


def _scaled(a: Number, b: Number) -> dict | None:
    """The logits of a multiple of a sum of logits."""
    if (a.logits is None) == (b.logits is None):
        return None
    form, factor = (b, a) if a.logits is None else (a, b)
    return {z: factor.parts[0] * c % PRIME for z, c in form.logits.items()}


class Draw:
    """Draws the variables of one trial.

    `draw(3, 4)` is an array of variables, `draw()` one of them; what else a check draws (sizes,
    places, signs) comes from the generator `draw.rng`.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def __call__(self, *shape: int) -> Any:
        return self._array(shape, lambda: Number((self._residue(),), 1))

    def positive(self, *shape: int) -> Any:
        """Squares: each has a root, and so have their products and quotients."""
        return self._array(shape, lambda: Number((pow(self._residue(), 2, PRIME),), 2))

    def logits(self, *shape: int) -> Any:
        """Variables of which integer combinations have an `exp`."""
        return self._array(shape, lambda: Number((self._residue(),), 1, 0, {self._residue(): 1}))

    def orthogonal(self, rows: int, columns: int | None = None) -> np.ndarray:
        """Orthonormal columns, by Cayley's transform of a skew matrix."""
        upper = np.triu(self(rows, rows), 1)
        skew, one = upper - upper.T, np.eye(rows, dtype=int)
        return solve(one + skew, one - skew)[:, :columns]

    def _residue(self) -> int:
        return int(self.rng.integers(1, PRIME))

    def _array(self, shape: tuple[int, ...], one: Callable[[], Number]) -> Any:
        if not shape:
            return one()
        values = np.empty(shape, dtype=object)
        for place in np.ndindex(*shape):
            values[place] = one()
        return values


def solve(A: Any, b: Any) -> np.ndarray:
    """The x with Ax = b for a square A (n, n) and b (n,) or (n, k), by Gaussian elimination."""
    A, b = np.array(A, dtype=object), np.array(b, dtype=object)
    for k in range(len(A)):
        pivot = next((i for i in range(k, len(A)) if A[i, k] != 0), None)
        if pivot is None:
            raise Redraw
        A[[k, pivot]], b[[k, pivot]] = A[[pivot, k]], b[[pivot, k]]
        scale = number(A[k, k]).inverse()
        A[k], b[k] = A[k] * scale, b[k] * scale
        for i in range(len(A)):
            if i != k and A[i, k] != 0:
                b[i] = b[i] - A[i, k] * b[k]
                A[i] = A[i] - A[i, k] * A[k]
    return b


def derivative(function: Callable[..., Any], at: Any, along: Any, order: int = 1) -> Any:
    """The derivative of t ↦ function(at + t along) of that order at t = 0.

    `at` and `along` are arrays of one shape, or tuples of such; `function` takes as many arguments
    and returns a number or an array.
    """
    if not isinstance(at, tuple):
        at, along = (at,), (along,)
    lines = [_map(_line(order), x, v) for x, v in zip(at, along, strict=True)]
    return _map(_derivative_of(order), function(*lines))


def _line(order: int) -> Callable[[Any, Any], Number]:
    def line(x: Any, v: Any) -> Number:
        x, v = number(x), number(v)
        if len(x.parts) > 1 or len(v.parts) > 1:
            raise TypeError("a derivative inside another would lose the outer one")
        parts = (x.parts[0], v.parts[0], *(0,) * (order - 1))
        at = x + v
        return Number(parts, at.over, at.under, x.logits)

    return line


def _derivative_of(order: int) -> Callable[[Any], Number]:
    def part(value: Any) -> Number:
        value = number(value)
        c = value.parts[order] if order < len(value.parts) else 0
        # Coefficient k of N/D is a quotient with the denominator D^(k + 1).
        over, under = value.over + order * value.under, (order + 1) * value.under
        return Number((math.factorial(order) * c % PRIME,), over, under)

    return part


def _map(function: Callable[..., Number], *arrays: Any) -> Any:
    if np.ndim(arrays[0]) == 0:
        return function(*(a.item() if isinstance(a, np.ndarray) else a for a in arrays))
    arrays = [np.asarray(a, dtype=object) for a in arrays]
    values = np.empty(arrays[0].shape, dtype=object)
    for place in np.ndindex(*values.shape):
        values[place] = function(*(a[place] for a in arrays))
    return values


def compare(left: Any, right: Any) -> tuple[float, int]:
    """How many entries differ (infinitely many for other shapes), and the degree bound of all."""
    left, right = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
    if left.shape != right.shape:
        return math.inf, 0
    wrong, degree = 0, 0
    for a, b in zip(left.ravel(), right.ravel(), strict=True):
        a, b = number(a), number(b)
        if a is None or b is None:
            return math.inf, 0
        wrong += a != b
        # A difference a/b − c/d is zero where ad − bc is.
        degree = max(degree, a.over + b.under, b.over + a.under)
    # Each root s of v doubles the degree (P + sQ = 0 implies P² − vQ² = 0), and half of the points,
    # those where v has no root, are not drawn.
    return float(wrong), degree * 4 ** len(Number.roots)
