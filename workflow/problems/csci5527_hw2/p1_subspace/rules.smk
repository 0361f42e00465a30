# PCA, autoencoder and factorization by gradient descent with line search.
SOLVE["csci5527_hw2/p1_subspace"] = dict(params=dict(starts=by_preset(full=5, quick=2)))
