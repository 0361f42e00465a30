"""Drawn chest radiographs: thorax, lungs, ribs, heart and diaphragm, 224×224 gray levels.

Everything is a smooth mask on one grid: bright tissue, two dark lungs in it, arcs for the ribs, a
bright column for the spine with the heart beside it. Pneumonia is one or more cloudy opacities in
the lungs: one dense and bordered for bacteria, several faint ones for viruses. Exposure, position
and size differ from image to image, and a patient's images share the anatomy. Nothing of the real
data is in them but what a textbook says.
"""

from __future__ import annotations

import numpy as np

SIDE = 224
Y, X = np.meshgrid(np.linspace(-1, 1, SIDE), np.linspace(-1, 1, SIDE), indexing="ij")
"""Coordinates of the pixels, from the middle of the image."""

PNEUMONIA = 0.68
"""Share of the ill; in the published data it is 74 % in training and 62 % in test."""


def simulate(n: int, seed: int, part: int) -> dict[str, np.ndarray]:
    """`n` radiographs of one part, with the columns that `chest_xray.decoded` has.

    Args:
        n: images; about two of each patient.
        seed: with `part` it decides everything.
        part: index of the part; no patient is in two.

    Returns:
        `x` (n, 224, 224) uint8; `y`, `part`, `series`, `number` and `kind` (n,).
    """
    rng = np.random.default_rng([seed, part])
    patients = -(-n // 2)
    kind = np.where(
        rng.permutation(patients) < round(PNEUMONIA * patients), rng.integers(1, 3, patients), 0
    )
    series = np.where(kind > 0, 2, rng.integers(0, 2, patients))
    of = np.sort(np.arange(n) % patients)
    x = np.stack([draw(int(kind[p]), [seed, part, int(p)], i) for i, p in enumerate(of)])
    return {
        "x": x,
        "y": (kind[of] > 0).astype(np.int64),
        "part": np.full(n, part, np.uint8),
        "series": series[of].astype(np.uint8),
        "number": (of + 1 + 100_000 * part).astype(np.int32),
        "kind": kind[of].astype(np.uint8),
    }


def draw(kind: int, patient: list[int], image: int) -> np.ndarray:
    """One radiograph (224, 224) uint8: `kind` 0 normal, 1 bacterial, 2 viral pneumonia.

    Args:
        patient: seed of the anatomy.
        image: with `patient`, seed of position, exposure and noise.
    """
    body, shot = np.random.default_rng(patient), np.random.default_rng([*patient, image])
    turn = shot.normal(0, 0.04)
    zoom = shot.normal(1.0, 0.05)
    x = zoom * (X * np.cos(turn) - Y * np.sin(turn)) + shot.normal(0, 0.03)
    y = zoom * (X * np.sin(turn) + Y * np.cos(turn)) + shot.normal(0, 0.03)
    width, height = body.normal(0.30, 0.02), body.normal(0.58, 0.04)
    thorax = inside((x / 0.92) ** 4 + (y / 1.15) ** 4, 0.15)
    lungs = sum(
        inside(
            ((x - side * 0.42) / (width * (1 + 0.25 * y))) ** 2 + ((y + 0.08) / height) ** 2, 0.25
        )
        for side in (-1, 1)
    )
    lungs = lungs * soft(0.52 - 0.12 * np.cos(5 * (x - 0.1)) - y, 0.06)  # above the diaphragm
    heart = inside(((x - 0.16) / 0.30) ** 2 + ((y - 0.25) / body.normal(0.30, 0.03)) ** 2, 0.3)
    spine = np.exp(-((x / 0.09) ** 2))
    slope, gap = body.normal(0.35, 0.05), body.normal(0.165, 0.01)
    phase = (y + slope * x**2 - 0.25 * np.abs(x)) / gap
    ribs = np.clip(np.cos(2 * np.pi * phase), 0, 1) ** 3 * thorax
    tissue = 0.62 * thorax - 0.40 * lungs * (1 - 0.85 * heart) + 0.22 * heart + 0.14 * spine
    tissue = tissue + 0.10 * ribs + 0.05 * texture(shot, 12)
    if kind:
        tissue = tissue + opacities(kind, x, y, body) * lungs
    exposure = shot.normal(1.0, 0.08) * np.clip(tissue, 0, 1.2) ** shot.normal(1.0, 0.12)
    noisy = exposure + shot.normal(0, 0.015, exposure.shape)
    return np.clip(215 * noisy + shot.normal(8, 5), 0, 255).astype(np.uint8)


def opacities(kind: int, x: np.ndarray, y: np.ndarray, body: np.random.Generator) -> np.ndarray:
    """Cloudy brightening: one dense lobe for bacteria, several faint patches for viruses."""
    several = 1 if kind == 1 else int(body.integers(3, 6))
    strength = body.uniform(0.16, 0.34) if kind == 1 else body.uniform(0.07, 0.16)
    cloud = np.zeros_like(x)
    for _ in range(several):
        side = body.choice((-1, 1))
        center = side * body.uniform(0.3, 0.5), body.uniform(-0.35, 0.35)
        size = body.uniform(0.14, 0.26)
        cloud = np.maximum(
            cloud, np.exp(-(((x - center[0]) / size) ** 2 + ((y - center[1]) / size) ** 2))
        )
    return strength * cloud * (1 + 0.4 * texture(body, 24))


def texture(rng: np.random.Generator, cells: int) -> np.ndarray:
    """Smooth noise (224, 224) of mean 0 and deviation about 1/2, with `cells` bumps a side."""
    coarse = rng.normal(0, 1, (cells + 1, cells + 1))
    at = np.linspace(0, cells - 1e-9, SIDE)
    low, share = at.astype(int), at - at.astype(int)
    rows = coarse[low] * (1 - share)[:, None] + coarse[low + 1] * share[:, None]
    return rows[:, low] * (1 - share) + rows[:, low + 1] * share


def inside(distance: np.ndarray, edge: float) -> np.ndarray:
    """1 where `distance` is below 1, with a soft edge."""
    return soft(1 - distance, edge)


def soft(height: np.ndarray, edge: float) -> np.ndarray:
    """0 below, 1 above zero; `edge` is the width of the passage."""
    return 0.5 * (1 + np.tanh(height / edge))
