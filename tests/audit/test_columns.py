"""The audit's table has a column for each button and for each other type in the log."""

from pathlib import Path

from dash_app.settings import Settings
from dash_app.settings.reactions import SEED, Reaction
from tests.audit.forged import forged_site, timeline
from tests.audit.test_sqlite_audit import audit, log_of
from tests.sites import open_site


def test_types_without_a_button_come_behind_the_buttons_tapped_or_not(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with open_site(Settings(clicks_db=path, reactions=(*SEED, Reaction("b", "B")))) as site:
        site.click({"clicks": [{"type": "cheers"}, {"type": "cheers"}, {"type": "b"}]})
        site.wait_for_totals(2)
    with forged_site(timeline(2, 0, {"0": 4}, log_of(path))) as forged:
        done = audit(path, forged.url)

    assert done.status == 0, done.text
    assert done.text.splitlines()[1:3] == [
        "partition  records  cheers  hate  b  duplicates  unreadable  untimely",
        "        0        3       2     0  1           0           0         0",
    ]
    assert f"equal: {forged.url}: cheers 2, hate 0 as of 0:4" in done.text
    assert f"equal: the totals in {path}: b 1, cheers 2, untimely 0 as of 0:4" in done.text
