"""Where files come from: the mirror and its archives, the network, and the choice between them."""
