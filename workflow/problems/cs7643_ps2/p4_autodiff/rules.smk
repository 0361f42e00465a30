# Value and Jacobian by difference quotients, forward and reverse mode, and PyTorch.
SOLVE["cs7643_ps2/p4_autodiff"] = dict(outputs=["trace.json"])
