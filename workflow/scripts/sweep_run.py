"""Some runs of a sweep, one after the other in one process; each has its own result."""

import time
from pathlib import Path

from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json
from proofsheet.sweeps.runs import Common, run_of, without_test

with script.run(snakemake) as log:
    params = snakemake.params
    if params.torch:
        script.set_threads(snakemake.threads)
    run = run_of(params.function)
    common = Common(
        without_test(load(Path(snakemake.input.source).parent)),
        params.device,
        params.start,
        {name: snakemake.input[name] for name in params.inputs},
    )
    for parameters, path in zip(params.runs, snakemake.output, strict=True):
        start, start_cpu = time.perf_counter(), time.process_time()
        metrics = run(common, parameters)
        took = {
            "seconds": time.perf_counter() - start,
            # What it cost where other jobs share the processor.
            "cpu_seconds": time.process_time() - start_cpu,
        }
        log.info("%s: %s in %.2f s", parameters, metrics, took["seconds"])
        write_json(path, {"run": params.run, "parameters": parameters, "metrics": metrics, **took})
