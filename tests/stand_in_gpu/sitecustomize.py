"""Every Python that has this folder on its path sees a GPU from its import of PyTorch on."""

import importlib.abc
import importlib.util
import sys


class _Installing(importlib.abc.Loader):
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        import stand_in_gpu

        stand_in_gpu.install()


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        spec.loader = _Installing(spec.loader)
        return spec


sys.meta_path.insert(0, _Finder())
