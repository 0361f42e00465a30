"""CS 7643 PS 2, problem 7, part 2: our own design without one of its choices, on fewer images."""

from pathlib import Path

from problems.cs7643_ps2.p7_cifar10.fit import fit_plan
from problems.cs7643_ps2.p7_cifar10.recipes import without
from proofsheet.data.dataset import Part, load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json
from proofsheet.jobs.device import make_deterministic, resolve
from proofsheet.learning.sgd_loop import logits_of

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    make_deterministic()
    params, choice = snakemake.params, snakemake.wildcards.choice
    device = resolve(params.device)
    data = load(Path(snakemake.input.source).parent)
    # A few of the images, at the epochs of a CPU, so that it is the same everywhere.
    plan = without(choice).on(resolve("cpu"), params.epochs)
    trained = fit_plan(
        plan,
        Part(data.train.x[: params.images], data.train.y[: params.images]),
        Part(data.val.x[: params.validation], data.val.y[: params.validation]),
        seed=params.seed,
        device=device,
        label=f"without {choice}",
        watch=False,
    )
    model, train, val, mixed = trained.model, trained.train, trained.validation, trained.mixed
    found = {
        "both_ways": logits_of(model, val[0], both_ways=True, mixed=mixed),
        "one_view": logits_of(model, val[0], mixed=mixed),
        "train": logits_of(model, train[0][:5000], mixed=mixed),
    }
    classes = {"both_ways": val[1], "one_view": val[1], "train": train[1][:5000]}
    write_json(
        snakemake.output.metrics,
        {
            "choice": choice,
            "images": len(train[1]),
            "validation_images": len(val[1]),
            "epochs": plan.recipe.epochs,
        }
        | {
            f"{name}_accuracy": (z.argmax(dim=1) == classes[name]).double().mean().item()
            for name, z in found.items()
        },
    )
