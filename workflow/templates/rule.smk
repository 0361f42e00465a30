

rule ${set}_${problem}:
    """What it computes, in one line."""
    input:
        modules=modules_of("$set/$problem"),
    output:
        metrics="results/$set/$problem/metrics.json",
        checks="results/$set/$problem/checks.json",
    log:
        "results/logs/$set/$problem.log",
    benchmark:
        "results/benchmarks/$set/$problem.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=10,
    params:
        points=by_preset(full=1000, quick=50),
        seed=config["seeds"][0],
    script:
        "../scripts/$set/$problem.py"
