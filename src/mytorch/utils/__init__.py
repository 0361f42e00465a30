"""Tools around the network: `mytorch.utils.gradient_check.gradient_check`."""
