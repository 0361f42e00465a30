# The PDFs: every chapter with its numbers, figures and tables, staged and rendered.


wildcard_constraints:
    document="|".join(DOCUMENTS),


# What a document is put together from, for the PDF and for the page.
STAGING = {
    "sets": lambda wildcards: DOCUMENTS[wildcards.document].sets,
    "part": lambda wildcards: DOCUMENTS[wildcards.document].part,
    "author": config["author"],
    "acknowledgements": config["acknowledgements"],
    "preset": preset_of_document,
    "settings": lambda wildcards: {"preset": preset_of_document(wildcards)}
    | {key: config[key] for key in ("device", "deterministic", "seeds")}
    | {"data": config["data"]["source"]}
    | ({} if workflow.local_exec else {"jobs": ON_A_CLUSTER}),
}


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
            # Wanted for themselves, so that one that was deleted is made again.
            lambda wildcards, name=name: results_of(name),
        localrule: True


rule render:
    """Check the chapters, assemble a document, render it."""
    input:
        results=lambda wildcards: results_of(wildcards.document),
        chapters=lambda wildcards: DOCUMENTS[wildcards.document].chapters,
        images=lambda wildcards: DOCUMENTS[wildcards.document].images,
        modules=modules_of("scripts/report/render"),
        filters=collect("src/proofsheet/report/{name}", name=RENDERER_FILES),
    output:
        # Kept as it was if the render fails.
        pdf=update("results/{document}.pdf"),
        pages="results/{document}.pages.csv",
        provenance="results/{document}.provenance.md",
        project=directory("results/report/{document}"),
    log:
        log_of("report/{document}"),
    benchmark:
        benchmark_of("report/{document}")
    localrule: True
    conda:
        env("report")
    resources:
        **needs(mem_mb=2000, runtime=10),
    params:
        **STAGING,
    script:
        "../scripts/report/render.py"


rule html:
    """The pages of all configured sets, to be read in a browser."""
    input:
        "results/submission.html",
        expand("results/{name}.html", name=config["sets"]),
    localrule: True


rule render_html:
    """Check the chapters, assemble a document, write it as one page."""
    input:
        results=lambda wildcards: results_of(wildcards.document),
        chapters=lambda wildcards: DOCUMENTS[wildcards.document].chapters,
        images=lambda wildcards: DOCUMENTS[wildcards.document].images,
        # Shown on the page, where a check or a figure is asked for its source.
        sources=lambda wildcards: [
            str(path)
            for name, problem in DOCUMENTS[wildcards.document].problems
            for path in sorted(Path("workflow/problems", name, problem).glob("*.py"))
        ],
        modules=modules_of("scripts/report/html"),
        files=collect("src/proofsheet/report/{name}", name=PAGE_FILES),
    output:
        page="results/{document}.html",
    log:
        log_of("report/{document}_html"),
    benchmark:
        benchmark_of("report/{document}_html")
    localrule: True
    conda:
        env("report")
    resources:
        **needs(mem_mb=2000, runtime=10),
    params:
        **STAGING,
    script:
        "../scripts/report/html.py"


rule gallery:
    """Figures and tables of one set with their captions, for `snakemake --report`."""
    input:
        results=lambda wildcards: results_of(wildcards.gallery),
        modules=modules_of("scripts/report/gallery"),
    output:
        folder=report(
            directory("results/gallery/{gallery}"),
            patterns=["{problem}/{name}.svg", "{problem}/{name}.html"],
            caption="../report/result.rst",
            category=lambda wildcards: KNOWN_SETS[wildcards.gallery]["short"],
            subcategory="{problem}",
            labels={"result": "{name}"},
        ),
    log:
        log_of("report/{gallery}_gallery"),
    benchmark:
        benchmark_of("report/{gallery}_gallery")
    wildcard_constraints:
        gallery="|".join(KNOWN_SETS),
    localrule: True
    conda:
        env("report")
    resources:
        **needs(mem_mb=500, runtime=5),
    params:
        problems=lambda wildcards: list(KNOWN_SETS[wildcards.gallery]["problems"]),
        captions=lambda wildcards: captions(Path("report"), wildcards.gallery),
    script:
        "../scripts/report/gallery.py"


for name, entry in KNOWN_SETS.items():

    rule:
        name:
            f"{name}_hand_in"
        input:
            list(files_to_hand_in(name, entry).values()),
            modules=modules_of("scripts/report/hand_in"),
        output:
            expand(f"results/submission/{name}/{{f}}", f=files_to_hand_in(name, entry)),
        log:
            log_of(f"report/{name}_hand_in"),
        benchmark:
            benchmark_of(f"report/{name}_hand_in")
        localrule: True
        conda:
            env("report")
        resources:
            **needs(mem_mb=500, runtime=5),
        params:
            files=files_to_hand_in(name, entry),
        script:
            "../scripts/report/hand_in.py"

    archives = {
        archive: (
            expand(f"results/notebooks/{name}/{{n}}", n=content["notebooks"]),
            code_of(name, content["scripts"]),
        )
        for archive, content in entry.get("archives", {}).items()
    }
    if package := entry.get("package"):
        sources = sorted(map(str, Path("src", package).rglob("*.py")))
        archives[f"{package}.zip"] = ([], sources)
    for archive, (archived, code) in archives.items():

        rule:
            name:
                f"{name}_{Path(archive).stem}"
            input:
                notebooks=archived,
                code=code,
                modules=modules_of("scripts/report/archive"),
            output:
                archive=f"results/notebooks/{name}/{archive}",
            log:
                log_of(f"report/{name}_{Path(archive).stem}"),
            benchmark:
                benchmark_of(f"report/{name}_{Path(archive).stem}")
            localrule: True
            conda:
                env("report")
            resources:
                **needs(mem_mb=500, runtime=5),
            script:
                "../scripts/report/archive.py"
