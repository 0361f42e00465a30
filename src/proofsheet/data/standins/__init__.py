"""Generated data of the same shape, for machines without a network."""
