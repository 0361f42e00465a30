"""Some runs of a sweep, one after the other in one process; each has its own result."""

from pathlib import Path
from typing import TYPE_CHECKING

from proofsheet import job
from proofsheet.data.dataset import load
from proofsheet.device import make_deterministic, on_gpu, resolve
from proofsheet.files import write_json
from proofsheet.sweep_runs import RUNS

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake) as log:
    job.set_threads(snakemake.threads)
    params = snakemake.params
    device = resolve(params.device)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    data = load(Path(snakemake.input.source).parent)
    for parameters, path in zip(params.runs, snakemake.output, strict=True):
        metrics = RUNS[params.run](data, parameters, device, params.preset)
        log.info("%s: %s", parameters, metrics)
        write_json(path, {"run": params.run, "parameters": parameters, "metrics": metrics})
