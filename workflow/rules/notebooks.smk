# One executed notebook per problem, from the same code as the PDF.


rule notebook:
    """Paste the implementation into a notebook and run it in a fresh kernel."""
    input:
        text=lambda wildcards: notebook_text(wildcards),
        modules=lambda wildcards: notebook_modules(wildcards),
        manifest=MANIFEST,
        builder=modules_of("notebook"),
    output:
        notebook="results/notebooks/{set}/problem_{number}.ipynb",
    log:
        "results/logs/notebooks/{set}/problem_{number}.log",
    benchmark:
        "results/benchmarks/notebooks/{set}/problem_{number}.tsv"
    # Without a mirror a notebook fetches its data itself, which compute nodes cannot.
    localrule: NOTEBOOKS_FETCH
    conda:
        "../../envs/notebooks.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=30,
        gpu=notebook_gpus,
    params:
        preset=config["preset"],
        mirror=mirror_in_use,
        source=config["data"]["source"],
    script:
        "../scripts/notebook.py"
