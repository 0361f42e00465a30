"""Runs of CSCI 5527 Deep Learning, homework set 3."""
