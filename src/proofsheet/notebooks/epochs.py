"""Progress of a training in a notebook: a line per epoch, and no operations are counted."""

from __future__ import annotations


class Epochs:
    """Iterate over epochs and print the latest losses, as `jobs.progress.Epochs` does in a job."""

    def __init__(self, count, label):
        self.count, self.label = count, label

    def __iter__(self):
        yield from range(self.count)

    def report(self, **values):
        """Print named values of this epoch."""
        print(self.label, ", ".join(f"{name} {value:.4f}" for name, value in values.items()))


def counted(batches):
    """The batches of an epoch."""
    return batches
