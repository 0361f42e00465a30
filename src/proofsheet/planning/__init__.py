"""What the Snakefile reads before the first job; imports no PyTorch."""
