"""Progress of a training in a notebook: a line per epoch, and no operations are counted."""

from __future__ import annotations


class Epochs:
    """Iterate over epochs and print the latest losses."""

    def __init__(self, count, label):
        self.count, self.name = count, label

    def __iter__(self):
        for epoch in range(self.count):
            self.label = f"{self.name}, {epoch + 1} of {self.count}:"
            yield epoch

    def report(self, **values):
        """Print named values of this epoch."""
        print(self.label, ", ".join(f"{name} {value:.4f}" for name, value in values.items()))


def counted(batches):
    """The batches of an epoch."""
    return batches
