"""One training: call the function that the rule names, and save what it returns.

The function takes the data, the device and, by name, the wildcards and the parameters of the rule
and the contents of its further inputs (`.json`, `.npz`). It returns metrics and arrays.
"""

from pathlib import Path

from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json
from proofsheet.jobs.training import device_of, function_of

with script.run(snakemake) as log:
    given = dict(snakemake.wildcards.items()) | dict(snakemake.params.items())
    train = function_of(given.pop("function"))
    for told in ("deterministic", "preset"):  # for the record of the job
        given.pop(told, None)
    device, where = device_of(given.pop("device", None), snakemake.threads)
    data = load(Path(snakemake.input.source).parent)
    data = data.divided(given.pop("split", "prepared"), given.get("seed", 0))
    for name, paths in snakemake.input.items():
        if name not in ("train", "val", "test", "source", "modules"):
            several = isinstance(paths, list)
            found = [
                read_json(path) if path.endswith(".json") else read_arrays(path)
                for path in (paths if several else [paths])
            ]
            given[name] = found if several else found[0]
    metrics, arrays = train(data, device, **given)
    log.info("%s", {name: value for name, value in metrics.items() if isinstance(value, float)})
    write_json(snakemake.output.metrics, where | metrics)
    write_arrays(snakemake.output.arrays, **arrays)
