# The two classifiers, each tuned on the split of every seed.
HW2_P4 = "csci5527_hw2/p4_dry_beans"
HW2_P4_RUNS = {
    f"{kind}{name}": [
        f"results/{HW2_P4}/runs/{kind}-{seed}.{suffix}" for seed in config["seeds"]
    ]
    for kind in ("classical", "mlp")
    for name, suffix in (("", "json"), ("_arrays", "npz"))
}

for kind, module, gpu in (
    ("classical", "classical", None),
    ("mlp", "mlp_ensemble", GPUS_PER_TRAINING),
):

    rule:
        name:
            f"csci5527_hw2_p4_dry_beans_{kind}"
        input:
            **data_of("dry_bean"),
            modules=modules_called(f"problems.csci5527_hw2.p4_dry_beans.{module}"),
        output:
            metrics=f"results/{HW2_P4}/runs/{kind}-{{seed}}.json",
            arrays=f"results/{HW2_P4}/runs/{kind}-{{seed}}.npz",
        log:
            log_of(f"{HW2_P4}/{kind}-{{seed}}"),
        benchmark:
            benchmark_of(f"{HW2_P4}/{kind}-{{seed}}")
        conda:
            env("compute")
        resources:
            **needs(mem_mb=3000, runtime=30, gpu=gpu),
        params:
            **(TRAINING if kind == "mlp" else {}),
            function=f"problems.csci5527_hw2.p4_dry_beans.{module}:tune_{kind}",
            split="seeded",
            seed=lambda wildcards: int(wildcards.seed),
            grid=by_preset(full="full", quick="small"),
        script:
            "../../../scripts/train.py"


SOLVE[HW2_P4] = dict(inputs=HW2_P4_RUNS)
# The tuning that is shown is that of the first split.
FIGURE_INPUTS[HW2_P4] = {kind: HW2_P4_RUNS[kind][0] for kind in ("classical", "mlp")}
