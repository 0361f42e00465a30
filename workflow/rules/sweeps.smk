# Sweeps: a run over a grid of its parameters (config.yaml: sweeps, docs/sweeps.md).

# Once, not per job.
SWEEP_MODULES = modules_of("sweep_run") if config["sweeps"] else []


for sweep_name, sweep in config["sweeps"].items():
    for number, runs in enumerate(chunks(sweep)):

        rule:
            name:
                f"sweep_{sweep_name}_{number}"
            input:
                **data_of(SWEEPABLE[sweep["run"]].dataset),
                modules=SWEEP_MODULES,
            output:
                files_of(sweep_name, runs),
            log:
                f"results/logs/sweeps/{sweep_name}/{number}.log",
            benchmark:
                f"results/benchmarks/sweeps/{sweep_name}/{number}.tsv"
            conda:
                "../../envs/compute.yaml"
            threads: 1
            resources:
                mem_mb=growing(3000),
                runtime=60,
                gpu=GPUS_PER_TRAINING,
            params:
                run=sweep["run"],
                runs=runs,
                preset=config["preset"],
                device=config["device"],
            message:
                f"Runs {number * sweep['runs_per_job'] + 1} and on of the sweep {sweep_name}."
            script:
                "../scripts/sweep_run.py"


rule sweep_summary:
    """Mean and spread of a sweep: numbers, a table and a figure."""
    input:
        runs=lambda wildcards: files_of(
            wildcards.sweep, expand_grid(config["sweeps"][wildcards.sweep]["grid"])
        ),
        source=lambda wildcards: data_of(
            SWEEPABLE[config["sweeps"][wildcards.sweep]["run"]].dataset
        )["source"],
        modules=modules_of("sweep_summary"),
    output:
        summary="results/sweeps/{sweep}/summary.json",
        table="results/sweeps/{sweep}/table.md",
        figure="results/sweeps/{sweep}/figure.svg",
    log:
        "results/logs/sweeps/{sweep}/summary.log",
    benchmark:
        "results/benchmarks/sweeps/{sweep}/summary.tsv"
    wildcard_constraints:
        sweep="|".join(config["sweeps"]) or "(none)",
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/sweep_summary.py"


rule sweeps:
    """Every sweep of the configuration."""
    input:
        [f"results/sweeps/{name}/summary.json" for name in config["sweeps"]],
    localrule: True
