P6_RECIPES = ("xavier", "he", "tuned")

# The perceptron of the NumPy library on MNIST, from both initializations and by our own recipe.
TRAININGS["dl_hw1/p6_mytorch"] = dict(
    train=dict(
        function="train:train_by",
        run="{recipe}-{seed}",
        data="mnist",
        wildcards=dict(recipe=P6_RECIPES, seed=config["seeds"]),
        on_device=False,
        params=dict(
            split="published",
            seed=seed_of,
            images=by_preset(full=None, quick=3000),
            epochs=by_preset(full=3, quick=1),
        ),
        mem_mb=2000,
        runtime=10,
    )
)

# The gradient check, and the trainings.
SOLVE["dl_hw1/p6_mytorch"] = dict(
    inputs={
        recipe: expand(
            f"results/dl_hw1/p6_mytorch/runs/{recipe}-{{seed}}.json",
            seed=config["seeds"],
        )
        for recipe in P6_RECIPES
    }
    | {"first": f"results/dl_hw1/p6_mytorch/runs/xavier-{config['seeds'][0]}.npz"},
    params=dict(
        images=by_preset(full=None, quick=3000),
        # Entries of each parameter in the check of its gradient; None: all of them.
        checked=by_preset(full=None, quick=200),
        seeds=config["seeds"],
    ),
)
