"""Training loops, optimizers, shared networks, model selection and metrics."""
