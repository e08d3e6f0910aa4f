"""A selector for kafka-python's connections that makes fewer system calls."""

import selectors
from typing import Any


class Selector(selectors.DefaultSelector):
    """As Python's own, but its KeyError does not describe the connection.

    kafka-python asks for the key of a connection that has none before each wait for an answer. To
    describe a socket takes two system calls, at each of which another thread gets the interpreter.
    """

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        """Return the key of a registered connection. Raises KeyError."""
        if fileobj.fileno() not in set(self.get_map()):
            raise KeyError("not registered")
        return super().get_key(fileobj)
