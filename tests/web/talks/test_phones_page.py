"""The phones' page holds the running talk, so that its buttons need no further request."""

import json

from markupsafe import escape

from tests.sites import Site
from tests.waiting import eventually
from tests.web.talks.talking import change, current, started


def test_the_page_comes_with_the_running_talk_and_changes_with_it(site: Site) -> None:
    def page() -> str:
        return site.ask("GET", "/kafka-clicker").text

    before = page()
    assert 'data-talk="null"' in before
    title = "\"><script>alert('x')</script>"
    fields = started(site, title=title)
    assert f'data-talk="{escape(json.dumps(current(site)))}"' in page()
    assert title not in page()
    change(site, fields["id"], ended_at="now")
    eventually(lambda: page() == before, 2, "the page still has the talk")
