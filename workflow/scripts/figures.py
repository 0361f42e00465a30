"""Figures and tables of one set: each problem's figures.py, one after the other."""

import runpy
from types import SimpleNamespace


class Files(SimpleNamespace):
    """Files by name, as Snakemake gives them to a script."""

    def __getitem__(self, name):
        return getattr(self, name)


for problem, files in snakemake.params.problems.items():
    given = SimpleNamespace(
        rule=snakemake.rule,
        params=snakemake.params,
        log=snakemake.log,
        input=Files(**files["input"]),
        output=Files(**files["output"]),
    )
    script = f"workflow/problems/{snakemake.params.set}/{problem}/figures.py"
    runpy.run_path(script, init_globals={"snakemake": given}, run_name="__main__")
