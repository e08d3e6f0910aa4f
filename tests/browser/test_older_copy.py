"""An older copy of the file is restored as docs/operations.md says, under an open dashboard."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.browser.conftest import PhoneOf
from tests.browser.site import SiteProcess
from tests.waiting import eventually


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def test_a_log_that_went_back_is_said_and_shown(
    site_process: SiteProcess, phone_of: PhoneOf, tmp_path: Path
) -> None:
    file, backup = tmp_path / "clicks.sqlite3", tmp_path / "backup.sqlite3"
    phone = phone_of(site_process)
    site_process.click(*[("cheers", 30)] * 5)
    site_process.has_counted(5, 0)
    copy(file, backup)
    site_process.click(*[("cheers", 10)] * 3)
    phone.open_dashboard()
    phone.shows("#total-cheers", "8")

    site_process.stop()
    for companion in tmp_path.glob("clicks.sqlite3*"):
        companion.unlink()
    backup.rename(file)
    site_process.start()

    phone.shows("#total-cheers", "5", seconds=15)
    phone.shows("#status", "Live")
    sentence = r"At \d\d:\d\d:\d\d the log went back to an earlier state; before that it had 8 "
    eventually(
        lambda: bool(re.match(sentence, phone.text("#note"))),
        5,
        lambda: f"the page says {phone.text('#note')!r}",
    )
    site_process.click(("hate", 0))
    phone.shows("#total-hate", "1")
