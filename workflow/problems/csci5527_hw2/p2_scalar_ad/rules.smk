# Forward and reverse mode on the scalar function, against PyTorch.
SOLVE["csci5527_hw2/p2_scalar_ad"] = dict(outputs=["trace.json"])
