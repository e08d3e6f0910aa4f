"""`CLICKS_DB` may be a link to a file on another disk."""

from pathlib import Path

from dash_app.brokers.sqlite.log import SqliteLog
from dash_app.settings import Settings
from tests.sites import open_site


def test_a_link_is_read_with_the_clicks_that_wait_beside_the_real_file(tmp_path: Path) -> None:
    real, link = tmp_path / "real.sqlite3", tmp_path / "link.sqlite3"
    link.symlink_to(real)
    with open_site(Settings(clicks_db=link)) as site:
        site.click({"clicks": [{"type": "cheers"}] * 3})
        site.wait_for_totals(3)
        waiting = real.with_name("real.sqlite3-wal")
        assert waiting.stat().st_size, "this test needs clicks that are not in the file itself yet"
        with SqliteLog(link) as log:
            assert len(list(log.records(0))) == 3
            log.check()
