"""What every Python of a job does first: Ctrl-C ends it at once, and its imports are not searched.

Python's own handler waits for a long call into a library to return and then prints a traceback.
Nothing is lost by ending at once, since files are whole or absent (see jobs.atomic_files).

While PyTorch, SymPy and matplotlib are imported, Python looks for garbage hundreds of times and
finds none: half a second of three.
"""

import gc
import signal

gc.set_threshold(50_000)

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
