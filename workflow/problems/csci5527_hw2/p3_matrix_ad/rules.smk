# Forward and backward pass of the network in matrices, against PyTorch.
SOLVE["csci5527_hw2/p3_matrix_ad"] = dict(outputs=["trace.json"])
