"""A body that takes its time takes none of the broker's, and does not move its taps."""

import time
from pathlib import Path

import pytest

from dash_app.settings import Settings
from tests.sites import open_live_site
from tests.web.slow_body import SlowBody

pytestmark = pytest.mark.slow

ANSWER_LIMIT_MS = 1000
BODY = b'{"clicks":[{"type":"cheers","age_ms":250}]}'


def test_a_slow_body_is_accepted_and_its_age_counts_from_the_start(tmp_path: Path) -> None:
    settings = Settings(clicks_db=tmp_path / "clicks.sqlite3", answer_limit_ms=ANSWER_LIMIT_MS)
    with open_live_site(settings) as site:
        began = time.time()
        answer = site.ask(
            "POST",
            "/kafka/click",
            input_stream=SlowBody(BODY, seconds=1.5 * ANSWER_LIMIT_MS / 1000),
            content_length=len(BODY),
            content_type="application/json",
        )

        assert time.time() - began > ANSWER_LIMIT_MS / 1000
        assert answer.status_code == 200, answer.text
        site.wait_for_totals(1)
        (click,) = site.data()["recent_history"]
        # Counted from the end of the body it would be 1.5 s later.
        assert began - 0.25 <= click["timestamp"] < began - 0.25 + 1
