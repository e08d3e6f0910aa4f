"""What the page of a report says in its own language when the server says it."""

from dash_app.consumer.archive import BUSY
from dash_app.pages import files
from dash_app.web.archive import NO_TALK
from dash_app.web.talk_fields import RESULTS_HIDDEN


def test_the_page_knows_the_commonest_refusals_by_their_sentences() -> None:
    script = files.needed("report.js").body.decode()

    assert [each for each in (BUSY, RESULTS_HIDDEN, NO_TALK) if f'["{each}", ' not in script] == []
