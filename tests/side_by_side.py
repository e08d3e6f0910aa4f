"""How the workers of pytest-xdist share the tests: by file, those of Flink in one worker."""

from xdist.scheduler import LoadFileScheduling


class FileScheduling(LoadFileScheduling):  # type: ignore[misc]
    """Hands out whole files, and the folder of Flink's tests at once: they share one cluster."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/flink" if nodeid.startswith("tests/flink/") else super()._split_scope(nodeid)
