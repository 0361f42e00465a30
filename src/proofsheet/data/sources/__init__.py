"""Where files come from: the mirror, the network, and the choice between them."""
