"""The sixteen features of a bean, and how ten of them follow from six that are measured.

Definitions: Koklu and Özkan, "Multiclass classification of dry beans using computer vision and
machine learning techniques", Computers and Electronics in Agriculture 174 (2020) 105507. One of
them is not what the published data hold: ShapeFactor2 is commonly stated as minor axis by area,
and the column is A/L³ on every row. What the data hold is computed here; each formula is compared
with every row of the real file in `tests/unit/data/test_dry_bean.py`.
"""

from __future__ import annotations

import numpy as np

FEATURE_NAMES = (
    "Area", "Perimeter", "MajorAxisLength", "MinorAxisLength", "AspectRatio", "Eccentricity",
    "ConvexArea", "EquivDiameter", "Extent", "Solidity", "Roundness", "Compactness",
    "ShapeFactor1", "ShapeFactor2", "ShapeFactor3", "ShapeFactor4",
)  # fmt: skip

MEASURED = ("Area", "Perimeter", "MajorAxisLength", "MinorAxisLength", "ConvexArea", "Extent")
"""Read off the image; the others are functions of these."""

# A: area, P: perimeter, L and m: major and minor axis, C: area of the convex hull.
DEFINITIONS = {
    "AspectRatio": lambda A, P, L, m, C: L / m,
    "Eccentricity": lambda A, P, L, m, C: np.sqrt(1 - (m / L) ** 2),
    "EquivDiameter": lambda A, P, L, m, C: np.sqrt(4 * A / np.pi),
    "Solidity": lambda A, P, L, m, C: A / C,
    "Roundness": lambda A, P, L, m, C: 4 * np.pi * A / P**2,
    "Compactness": lambda A, P, L, m, C: np.sqrt(4 * A / np.pi) / L,
    "ShapeFactor1": lambda A, P, L, m, C: L / A,
    "ShapeFactor2": lambda A, P, L, m, C: A / L**3,
    "ShapeFactor3": lambda A, P, L, m, C: A / (np.pi * (L / 2) ** 2),
    "ShapeFactor4": lambda A, P, L, m, C: A / (np.pi * (L / 2) * (m / 2)),
}


def derived(measured: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The ten derived features (n,) of `MEASURED` features (n,), lengths in pixels."""
    lengths = ("Area", "Perimeter", "MajorAxisLength", "MinorAxisLength", "ConvexArea")
    arguments = [measured[name] for name in lengths]
    return {name: formula(*arguments) for name, formula in DEFINITIONS.items()}


def all_features(measured: dict[str, np.ndarray]) -> np.ndarray:
    """Features (n, 16) in the order of `FEATURE_NAMES`, from the measured six."""
    columns = measured | derived(measured)
    return np.column_stack([columns[name] for name in FEATURE_NAMES])
