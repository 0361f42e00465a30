HW2_P4 = "csci5527_hw2/p4_dry_beans"
# Ten splits; the first is the one that is handed in.
HW2_P4_SEEDS = by_preset(
    full=range(config["seeds"][0], config["seeds"][0] + 10), quick=config["seeds"][:2]
)
HW2_P4_RUNS = runs_of(
    HW2_P4,
    classical=[f"classical-{seed}" for seed in HW2_P4_SEEDS],
    mlp=[f"mlp-{seed}" for seed in HW2_P4_SEEDS],
)

# The two classifiers, each tuned on the split of every seed.
HW2_P4_TUNING = dict(
    split="seeded", seed=seed_of, grid=by_preset(full="full", quick="small")
)
TRAININGS[HW2_P4] = dict(
    classical=dict(
        function="classical:tune_classical",
        run="classical-{seed}",
        data="dry_bean",
        wildcards=dict(seed=HW2_P4_SEEDS),
        on_device=False,
        one_job=True,
        params=HW2_P4_TUNING,
    ),
    # Its learning curves are shown of the first split only.
    mlp=dict(
        function="mlp_ensemble:tune_mlp",
        run="mlp-{seed}",
        data="dry_bean",
        wildcards=dict(seed=HW2_P4_SEEDS),
        params=HW2_P4_TUNING
        | dict(curves=lambda wildcards: seed_of(wildcards) == HW2_P4_SEEDS[0]),
    ),
)

SOLVE[HW2_P4] = dict(inputs=HW2_P4_RUNS)
# The tuning that is shown is that of the first split.
FIGURE_INPUTS[HW2_P4] = {kind: HW2_P4_RUNS[kind][0] for kind in ("classical", "mlp")}
