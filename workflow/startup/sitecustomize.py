"""What every Python of a job does first: Ctrl-C ends it at once, and less garbage is looked for.

Python's own handler waits for a long call into a library to return and then prints a traceback.
Nothing is lost by ending at once, since files are whole or absent (see jobs.atomic_files).

While PyTorch, SymPy and matplotlib are imported, Python looks for garbage hundreds of times and
finds none: half a second of three. At its end it looks through all of them again, to free memory
that the system takes back anyway: another half. We skip that, unless PyTorch's optimizers have
loaded Triton, which would then print a page of warnings about leaks.
"""

import atexit
import gc
import signal
import sys

gc.set_threshold(50_000)
atexit.register(lambda: "triton" in sys.modules or gc.freeze())

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
