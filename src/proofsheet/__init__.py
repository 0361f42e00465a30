"""The ideas of the problem sets, one module each.

Nothing is imported here: a script imports the module that it uses, and Snakemake reruns exactly
the problems whose modules have changed.
"""
