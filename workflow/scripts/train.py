"""One training: call the function that the rule names, and save what it returns.

The function takes the data, the device and, by name, the wildcards and the parameters of the rule
and the contents of its further inputs (`.json`, `.npz`). It returns metrics and arrays.
"""

import json
import time
from pathlib import Path

from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json
from proofsheet.jobs.training import device_of, function_of


def contents(path):
    return read_json(path) if path.endswith(".json") else read_arrays(path)


def listed(paths):
    return paths if isinstance(paths, list) else [paths]


with script.run(snakemake) as log:
    shared = dict(snakemake.wildcards.items()) | dict(snakemake.params.items())
    train = function_of(shared.pop("function"))
    for told in ("deterministic", "preset"):  # for the record of the job
        shared.pop(told, None)
    device, where = device_of(shared.pop("device", None), snakemake.threads)
    prepared = load(Path(snakemake.input.source).parent)
    split = shared.pop("split", "prepared")
    files = {
        name: paths
        for name, paths in snakemake.input.items()
        if name not in ("train", "val", "test", "source", "modules")
    }
    # One run, or what each of several has of its own.
    runs = shared.pop("runs", [{}])
    began = time.perf_counter()
    outputs = listed(snakemake.output.metrics), listed(snakemake.output.arrays)
    for own, metrics_file, arrays_file in zip(runs, *outputs, strict=True):
        given = shared | own
        for name, paths in (files | {name: own[name] for name in files if name in own}).items():
            several = isinstance(paths, list)
            given[name] = [contents(path) for path in paths] if several else contents(paths)
        data = prepared.divided(split, given.get("seed", 0))
        metrics, arrays = train(data, device, **given)
        numbers = {name: value for name, value in metrics.items() if isinstance(value, float)}
        log.info("%s%s", own or "", numbers)
        write_json(metrics_file, where | metrics)
        write_arrays(arrays_file, **arrays)
    if device is not None:
        from proofsheet.learning.operations import done

        facts = {"seconds": round(time.perf_counter() - began, 1)} | done
        log.info("operations: %s", json.dumps(facts))
