# Sweeps: a run over a grid of its parameters (config.yaml: sweeps, docs/sweeps.md).


for sweep_name, sweep in config["sweeps"].items():
    # Once, not per job.
    repeated = SWEEPABLE[sweep["run"]]
    sweep_data = data_of(sweep_dataset(sweep["run"]))
    modules = modules_called(repeated.path, by="scripts/sweep_run")
    start = sweep_start(sweep)
    for number, runs in enumerate(chunks(sweep)):

        rule:
            name:
                f"sweep_{sweep_name}_{number}"
            input:
                **sweep_data,
                **repeated.inputs,
                modules=modules,
            output:
                files_of(sweep_name, runs),
            log:
                log_of(f"sweeps/{sweep_name}/{number}"),
            benchmark:
                benchmark_of(f"sweeps/{sweep_name}/{number}")
            conda:
                env("compute")
            resources:
                # A day at most, which a cluster is likely to allow.
                **needs(
                    repeated.mem_mb,
                    min(len(runs) * repeated.minutes, 1440),
                    GPUS_PER_TRAINING * repeated.torch,
                ),
            params:
                run=sweep["run"],
                function=repeated.function,
                runs=runs,
                start=start,
                inputs=list(repeated.inputs),
                device=config["device"] if repeated.torch else None,
            script:
                "../scripts/sweep_run.py"


rule sweep_summary:
    """Mean and spread of a sweep: numbers, a table and a figure."""
    input:
        runs=lambda wildcards: files_of(
            wildcards.sweep, expand_grid(config["sweeps"][wildcards.sweep]["grid"])
        ),
        source=lambda wildcards: data_of(
            sweep_dataset(config["sweeps"][wildcards.sweep]["run"])
        )["source"],
        modules=modules_of("scripts/sweep_summary"),
    output:
        summary="results/sweeps/{sweep}/summary.json",
        table="results/sweeps/{sweep}/table.md",
        figure="results/sweeps/{sweep}/figure.svg",
    log:
        log_of("sweeps/{sweep}/summary"),
    benchmark:
        benchmark_of("sweeps/{sweep}/summary")
    wildcard_constraints:
        sweep="|".join(config["sweeps"]) or "(none)",
    localrule: True
    conda:
        env("figures")
    resources:
        **needs(mem_mb=1000, runtime=5),
    script:
        "../scripts/sweep_summary.py"


rule sweeps:
    """Every sweep of the configuration."""
    input:
        sweep_results,
    localrule: True
