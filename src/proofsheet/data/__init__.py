"""Datasets: from a mirror, the official client or a stand-in to arrays with a known origin.

    prepare.py      one dataset, from whichever source, to `results/data/<dataset>/`
    dataset.py      what `prepare` wrote, read back: `proofsheet.data.load(folder)`
    registry.py     which datasets there are: one line and one module each
    contract.py     what such a module has: its three sources, and how it is divided
    sources/        the mirror, the official clients, which may fail, and the choice between them
    splits.py       duplicates removed, stratified division

Importing this package costs NumPy and nothing else; the clients of the datasets are imported by
the functions that use them.
"""

from proofsheet.data.dataset import Dataset, Part, load

__all__ = ["Dataset", "Part", "load"]
