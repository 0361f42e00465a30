"""Runs of Deep Learning, homework 1 (February 2026)."""
