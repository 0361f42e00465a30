"""Weights of SqueezeNet 1.1 that were trained on ImageNet: from a mirror or from torchvision.

Where neither is available, the same network is pretrained here on handwritten digits, and the
report says so. A file of weights is read with `weights_only`, which builds tensors and runs no
code.
"""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proofsheet.data.contract import Divided, Found, Info, from_mirror
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import Entry
from proofsheet.jobs.errors import UserError

NAME = "weights"
"""Of the mirror's entry, and of the folder in `results/data/`."""

FILE = "squeezenet1_1_features_imagenet.pth"
HOST = "https://download.pytorch.org"

CITATION = "Iandola et al. (2016), arXiv 1602.07360; ImageNet: doi:10.1007/s11263-015-0816-y"
LICENSE = "BSD 3-Clause (torchvision)"


@dataclass(frozen=True)
class PretrainedWeights:
    """The sources of the weights that torchvision calls `name`, for `sources.choose.obtain`."""

    name: str = "SqueezeNet1_1_Weights.IMAGENET1K_V1"

    @property
    def INFO(self) -> Info:
        """What they are."""
        return Info("Weights of SqueezeNet 1.1", self.name, LICENSE, CITATION)

    HOST = HOST

    def official(self, workspace: Path) -> Found:
        """Through torchvision, which compares the beginning of the SHA-256."""

        def client() -> Found:
            from torchvision.models import get_weight

            from proofsheet.learning.squeezenet import verified

            weights = get_weight(self.name)
            state = weights.get_state_dict(
                model_dir=str(workspace), progress=False, check_hash=True, weights_only=True
            )
            file = weights.url.rsplit("/", 1)[-1]
            record = {
                "name": file,
                "bytes": (workspace / file).stat().st_size,
                "verified": "sha256 in the name of torchvision's file",
            }
            arrays = verified({key: value.numpy() for key, value in state.items()}, file)
            return Found(arrays, [record], official=True, licence=LICENSE)

        what = f"{self.name} by torchvision from {HOST}"
        return ask(client, what, deadline=300.0)

    def mirror(self, entry: Entry, workspace: Path) -> Found:
        """The file of a mirror."""
        name = entry.find(FILE, "squeezenet1_1-*.pth") or FILE
        return from_mirror(entry, lambda: read_weights(entry.file(name)), name)

    def standin(self, seed: int) -> Found:
        """No weights: the network is pretrained by the workflow itself."""
        note = (
            "no published weights were available: the network was pretrained here on handwritten"
            " digits instead"
        )
        return Found({}, [], official=False, note=note, licence="of this project (MIT)")

    def divide(self, found: Found, seed: int) -> Divided:
        """All weights in one part.

        Weights of another training are no stand-in for data: the report says which they are.
        """
        facts = {} if found.arrays else {"source": "pretrained here", "standin": False}
        return Divided({"weights": found.arrays}, facts)


def read_weights(path: str | Path) -> dict[str, np.ndarray]:
    """The convolutions in a file of PyTorch, their shapes verified.

    Raises:
        UserError: the file holds something other than such tensors; in one line.
    """
    import torch

    from proofsheet.learning.squeezenet import verified

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, zipfile.BadZipFile) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "it is empty"
        raise UserError(
            f"{path} is not a file of weights ({reason}); needed: a state that torch.load reads"
            " with weights_only=True; copy the published file again"
        ) from None
    if not isinstance(state, dict):
        raise UserError(
            f"{path} holds a {type(state).__name__}, needed: tensors by name; use another file"
        )
    tensors = {
        str(key): value.numpy() for key, value in state.items() if isinstance(value, torch.Tensor)
    }
    return verified(tensors, str(path))
