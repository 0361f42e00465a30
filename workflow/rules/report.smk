# The PDFs: every chapter with its numbers, figures and tables, staged and rendered.


wildcard_constraints:
    document="|".join(["submission", *KNOWN_SETS]),


rule report:
    """The PDF of all configured sets, and nothing else."""
    input:
        "results/submission.pdf",
    localrule: True


for name in KNOWN_SETS:

    rule:
        name:
            name
        input:
            handed_in(name),
        localrule: True


rule render:
    """Check the chapters, put a document together, render it."""
    input:
        results=lambda wildcards: results_of(wildcards.document),
        chapters=lambda wildcards: chapters_of(wildcards.document),
        images=lambda wildcards: images_of(wildcards.document),
        modules=modules_of("report/render"),
        filters=collect("src/proofsheet/report/{name}", name=RENDERER_FILES),
    output:
        pdf="results/{document}.pdf",
        project=directory("results/report/{document}"),
    log:
        "results/logs/report/{document}.log",
    benchmark:
        "results/benchmarks/report/{document}.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        sets=lambda wildcards: sets_of(wildcards.document),
        author=config["author"],
        acknowledgements=config["acknowledgements"],
        settings={key: config[key] for key in ("preset", "device", "seeds")}
        | {"data": config["data"]["source"]},
    script:
        "../scripts/report/render.py"
