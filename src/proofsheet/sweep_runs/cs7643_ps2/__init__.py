"""Runs of CS 4644/7643 Deep Learning, problem set 2."""
