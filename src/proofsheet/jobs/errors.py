"""Errors that a user can fix, reported in one line."""


class UserError(Exception):
    """A mistake in the input or the surroundings, not in the code.

    The message is one line: what was found, where, what is allowed, what to do. It reaches the
    terminal as it is, without a traceback.
    """
