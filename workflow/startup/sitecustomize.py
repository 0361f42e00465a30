"""What every Python of a job does first: Ctrl-C ends it at once.

Python's own handler waits for a long call into a library to return and then prints a traceback.
Nothing is lost by ending at once, since files are whole or absent (see jobs.atomic_files).
"""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
