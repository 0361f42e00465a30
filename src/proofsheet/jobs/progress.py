"""Progress of a long training: a bar on a terminal, lines in the log without one."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

from tqdm import tqdm

log = logging.getLogger("proofsheet")


class Epochs:
    """Iterate over epochs and show the latest loss and accuracy.

    >>> epochs = Epochs(30, "mlp seed 0")
    >>> for epoch in epochs:
    ...     epochs.report(loss=0.21, accuracy=0.93)
    """

    def __init__(self, count: int, label: str) -> None:
        self.count, self.label = count, label
        self._bar = tqdm(total=count, desc=label, unit="epoch", disable=not sys.stderr.isatty())

    def __iter__(self) -> Iterator[int]:
        with self._bar:
            for epoch in range(self.count):
                self.epoch = epoch
                yield epoch
                self._bar.update()

    def report(self, **values: float) -> None:
        """Show named values of this epoch (losses, accuracies)."""
        text = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
        self._bar.set_postfix_str(text, refresh=False)
        log.info("%s: epoch %d/%d: %s", self.label, self.epoch + 1, self.count, text)
