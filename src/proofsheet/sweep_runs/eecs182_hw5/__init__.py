"""Runs of EECS 182 Deep Neural Networks, homework 5."""
