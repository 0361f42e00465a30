"""Automatic differentiation in two modes from one table of derivatives.

`primitives` is the table, `node` the graph, `forward` the dual numbers, `reverse` the tape;
`trace` writes down what they did, step by step, and `drawing` draws it.
"""
