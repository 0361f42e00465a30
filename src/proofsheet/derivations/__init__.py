"""Formulas as the chapters derive them, each with a check that can fail."""
