"""Write the conda environments' pins from requirements.lock (`make lock` calls this)."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.markers import Marker

ENVIRONMENTS = {
    "data": [
        "numpy", "pandas", "openpyxl", "scipy", "scikit-learn", "ucimlrepo", "torch", "torchvision",
        "medmnist", "kaggle", "six", "pooch", "pyyaml", "jsonschema", "tqdm",
    ],
    "compute": [
        "numpy", "scipy", "sympy", "scikit-learn", "torch", "torchvision", "tqdm",
        "pyyaml",
    ],
    "figures": ["numpy", "scipy", "matplotlib", "scikit-learn"],
    "notebooks": [
        "numpy", "scipy", "sympy", "scikit-learn", "torch", "torchvision", "pandas",
        "openpyxl", "ucimlrepo", "medmnist", "kaggle", "pooch", "matplotlib", "tqdm", "nbformat",
        "nbclient", "ipykernel", "pyyaml",
    ],
    "report": ["pyyaml", "matplotlib", "pypandoc-binary", "typst", "pypdf", "pypdfium2", "numpy"],
}  # fmt: skip


def locked_versions(lock: Path) -> dict[str, str]:
    """Package name → version that `requirements.lock` pins on Linux with Python 3.11."""
    lines = re.findall(r"^([a-z0-9._-]+)==(\S+?)(?: ; (.+?))? \\$", lock.read_text(), re.MULTILINE)
    here = {"python_version": "3.11", "python_full_version": "3.11.0", "sys_platform": "linux"}
    return {
        name: version
        for name, version, marker in lines
        if not marker or Marker(marker).evaluate(here)
    }


def environment(name: str, versions: dict[str, str]) -> str:
    """The text of `envs/<name>.yaml`: the interpreter from conda, packages as they are locked."""
    pins = "".join(f"      - {package}=={versions[package]}\n" for package in ENVIRONMENTS[name])
    return (
        f"# Written by envs/pin.py from requirements.lock: `make lock`.\n"
        f"channels:\n  - conda-forge\n  - nodefaults\n"
        f"dependencies:\n  - python =3.11\n  - pip\n  - pip:\n{pins}"
    )


if __name__ == "__main__":
    folder = Path(__file__).parent
    versions = locked_versions(folder.parent / "requirements.lock")
    for name in ENVIRONMENTS:
        (folder / f"{name}.yaml").write_text(environment(name, versions))
