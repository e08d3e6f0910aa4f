"""How the workers of pytest-xdist share the tests: by file, some folders in one worker."""

from xdist.scheduler import LoadFileScheduling

WHOLE = ("tests/flink", "tests/containers")
"""The tests of each of these folders share what is dear: a cluster, an installation."""


class FileScheduling(LoadFileScheduling):  # type: ignore[misc]
    """Hands out whole files, and the folders of `WHOLE` at once."""

    def _split_scope(self, nodeid: str) -> str:
        whole = (folder for folder in WHOLE if nodeid.startswith(f"{folder}/"))
        return next(whole, None) or super()._split_scope(nodeid)
