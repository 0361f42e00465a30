"""What every Python of a job does first: Ctrl-C ends it at once, and less garbage is looked for.

Python's own handler waits for a long call into a library to return and then prints a traceback.
Nothing is lost by ending at once, since files are whole or absent (see jobs.atomic_files).

While PyTorch, SymPy and matplotlib are imported, Python looks for garbage hundreds of times and
finds none: half a second of three. At its end it looks through all of them again, to free memory
that the system takes back anyway: another half. We skip that, unless PyTorch's optimizers have
loaded Triton, which would then print a page of warnings about leaks.
"""

# Not `signal`, whose import takes milliseconds in which Ctrl-C would still print a traceback.
import _signal
import atexit
import gc
import sys

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

gc.set_threshold(50_000)
atexit.register(lambda: "triton" in sys.modules or gc.freeze())
