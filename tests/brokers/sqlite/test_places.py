"""Where a file of clicks may lie: on a file system where processes share memory."""

from pathlib import Path

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.sqlite.file import SqliteFile


def test_a_journal_other_than_the_write_ahead_log_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one place here for which SQLite answers that it keeps another journal.
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BrokerUnavailable, match=r"its journal is 'memory'; .* a local disk"):
        SqliteFile(Path(":memory:"), 1)


def test_a_path_with_any_signs_keeps_clicks(tmp_path: Path) -> None:
    for name in ("mit Leerzeichen", "Übungsgröße", "100%20", "a?mode=ro#b", "'; --", "日本"):
        path = tmp_path / name / f"{name}.sqlite3"
        with SqliteFile(path, 1) as file:
            assert file.log_id
        assert path.exists()
