"""Some runs of a sweep, one after the other in one process; each has its own result."""

import inspect
import time
from pathlib import Path

from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, write_json
from proofsheet.jobs.training import device_of, function_of
from proofsheet.sweeps.runs import validated

with script.run(snakemake) as log:
    params = snakemake.params
    train = function_of(params.function)
    device, _ = device_of(params.device, snakemake.threads)
    # Settings are compared, so the test rows are not there.
    data = load(Path(snakemake.input.source).parent).without_test()
    known = inspect.signature(train).parameters.keys() - {"data", "device"}
    start = {name: value for name, value in params.start.items() if name in known}
    start |= {name: read_arrays(snakemake.input[name]) for name in params.inputs}
    for parameters, path in zip(params.runs, snakemake.output, strict=True):
        began, began_cpu = time.perf_counter(), time.process_time()
        _, arrays = train(data, device, **(start | parameters))
        metrics = validated(arrays, data.val.y)
        took = {
            "seconds": time.perf_counter() - began,
            # What it cost where other jobs share the processor.
            "cpu_seconds": time.process_time() - began_cpu,
        }
        log.info("%s: %s in %.2f s", parameters, metrics, took["seconds"])
        write_json(path, {"run": params.run, "parameters": parameters, "metrics": metrics, **took})
