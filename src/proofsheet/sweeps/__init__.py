"""A training over a grid of its parameters."""
