# Three normalizations against PyTorch's modules, and what epsilon does.
SOLVE["csci5527_hw3/p3_normalization"] = dict(mem_mb=3000)
