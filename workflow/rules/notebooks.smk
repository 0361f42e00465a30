# One executed notebook per problem, from the same code as the PDF.


rule notebook:
    """Paste the implementation into a notebook and run it in a fresh kernel."""
    input:
        text=lambda wildcards: notebook_text(wildcards),
        modules=lambda wildcards: notebook_modules(wildcards),
        builder=modules_of("notebook"),
    output:
        notebook="results/submission/{set}/problem_{number}.ipynb",
    params:
        preset=config["preset"],
        mirror=config["data"]["mirror"],
    log:
        "results/logs/notebooks/{set}/problem_{number}.log",
    benchmark:
        "results/benchmarks/notebooks/{set}/problem_{number}.tsv"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=30,
    conda:
        "../../envs/notebooks.yaml"
    script:
        "../scripts/notebook.py"
