"""Notebooks built from a problem's text and run in a fresh kernel."""
