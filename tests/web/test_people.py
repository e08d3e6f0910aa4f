"""How many persons clicked: browsers by their ids, of which neither answers nor log hold any."""

import json
import sqlite3
import time
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from dash_app.counting.people import PeopleCounts
from dash_app.counting.snapshot import Snapshot
from dash_app.security.signing import Signing
from dash_app.security.visitors import COOKIE, Visitors
from dash_app.settings import Settings
from dash_app.settings.reactions import SEED
from dash_app.web.responses import TimelineResponses
from tests.brokers.sqlite.rows import ask
from tests.naive import NOW
from tests.sites import Site, open_live_site, open_site
from tests.waiting import eventually
from tests.web.conftest import MakeSite
from tests.web.talks.talking import CODE, change, started

PERSONS = "SELECT person FROM clicks ORDER BY id"


def browser(site: Site) -> FlaskClient:
    """Return a client that keeps cookies, as a phone does."""
    return site.server.test_client()


def tap(phone: FlaskClient, site: Site, client: str | None = None, seq: int = 1) -> str | None:
    """Tap once; return the id that the answer brings, signed."""
    body: dict[str, Any] = {"clicks": [{"type": "cheers"}]}
    if client is not None:
        body |= {"client": client, "seq": seq}
    answer = phone.post(f"{site.prefix}/kafka/click", json=body)
    assert answer.status_code == 200, answer.text
    name, _, value = answer.headers.get("Set-Cookie", "").partition("=")
    return value.split(";")[0] if name == COOKIE else None


def persons_of(path: Path) -> list[str | None]:
    return [person for (person,) in ask(path, PERSONS)]


def wait_for_people(site: Site, people: int, more: bool = False) -> None:
    def counted() -> tuple[Any, Any]:
        answer = site.timeline()
        return answer["people"], answer["more_people"]

    eventually(lambda: counted() == (people, more), 3, lambda: f"{people}: {counted()}")


def test_each_browser_is_a_person_whatever_it_sends(live_site: Site) -> None:
    wait_for_people(live_site, 0)
    one, other = browser(live_site), browser(live_site)
    for seq in range(3):
        tap(one, live_site, "phone-1", seq)
    wait_for_people(live_site, 1)
    # A second page of the same browser is another client.
    tap(one, live_site, "page-2")
    tap(one, live_site, "phone-1", 2)
    tap(other, live_site, "phone-2")
    wait_for_people(live_site, 2)


def test_programs_without_id_and_client_are_nobody(live_site: Site) -> None:
    for _ in range(3):
        tap(live_site.client, live_site)
    live_site.wait_for_totals(3)

    assert live_site.timeline()["people"] == 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clicks.sqlite3"


def test_the_first_click_is_already_of_the_person_whose_id_its_answer_brings(path: Path) -> None:
    with open_site(Settings(clicks_db=path)) as site:
        # It is the first that this process hears of, before it has read anything.
        phone = browser(site)
        signed = tap(phone, site, "phone-1")
        assert signed is not None
        assert tap(phone, site, "phone-1", 2) is None
        site.wait_for_state("live")
        signing, log = Signing(site.server, site.service.settings), site.timeline()["log"]
        visitor = signing.verify("id", signed, 60)
        person = signing.digest("person", f"{log}/{visitor}")[:16]

    assert persons_of(path) == [person, person]
    assert visitor is not None
    with sqlite3.connect(path) as database:
        kept = "\n".join(database.iterdump())
    assert not any(secret in kept for secret in (visitor, signed, "127.0.0.1"))


def test_a_browser_that_keeps_no_cookie_stays_one_person(path: Path) -> None:
    with open_live_site(Settings(clicks_db=path)) as site:
        brought = [tap(site.client, site, "phone-1", seq) for seq in range(3)]
        tap(site.client, site, "phone-2")

    assert None not in brought
    first, *others = persons_of(path)
    assert others[:2] == [first, first] != [None, None]
    assert others[2] != first


@pytest.mark.parametrize("limits", ["on", "off"])
def test_an_address_that_gets_no_more_ids_names_no_more_persons(
    path: Path, limits: Literal["on", "off"]
) -> None:
    settings = Settings(clicks_db=path, new_ids_per_address=1, rate_limits=limits)
    with open_live_site(settings) as site:
        for number in range(20):
            tap(site.client, site, f"phone-{number}")

    named = [person for person in persons_of(path) if person]
    assert len(named) == len(set(named))
    assert len(named) == 20 if limits == "off" else len(named) < 20


def test_two_sites_on_one_log_with_one_folder_name_a_browser_alike(path: Path) -> None:
    with (
        open_live_site(Settings(clicks_db=path)) as one,
        open_live_site(Settings(clicks_db=path, url_prefix="/other")) as other,
    ):
        signed = tap(browser(one), one, "phone-1")
        phone = other.server.test_client()
        phone.set_cookie(COOKIE, str(signed), path=f"{other.prefix}/kafka")
        assert tap(phone, other, "page-2") is None
        for site in (one, other):
            wait_for_people(site, 1)

    assert len(set(persons_of(path))) == 1


def test_a_person_has_another_name_in_another_log_and_with_another_secret(path: Path) -> None:
    def person(secret: str, log_id: str, visitor: str = "me") -> str:
        settings = Settings(clicks_db=path, secret_key=SecretStr(secret))
        visitors = Visitors(settings, Signing(Flask("test"), settings))
        return visitors.person(visitor, log_id)

    names = [
        person("s" * 32, "log-1"),
        person("t" * 32, "log-1"),
        person("s" * 32, "log-2"),
        person("s" * 32, "log-1", "you"),
    ]
    assert len(set(names)) == 4
    assert names[0] == person("s" * 32, "log-1")


def test_people_of_a_talk_stay_known_over_a_restart_and_while_results_are_hidden(
    make_site: MakeSite,
) -> None:
    site = make_site(presenter_code=CODE)
    site.wait_for_state("live")
    tap(browser(site), site, "phone-1")
    wait_for_people(site, 1)
    talk_id = started(site, started_at=int(time.time()) - 2 * 3600)["id"]
    eventually(lambda: site.timeline()["talk"], 2, "no talk runs")
    tap(browser(site), site, "phone-2")
    wait_for_people(site, 2)
    # This process has read the last hour only, and the talk is older.
    assert site.timeline()["talk"]["people"] is None

    restarted = make_site(presenter_code=CODE)
    restarted.wait_for_state("live")
    assert restarted.timeline()["talk"]["people"] == restarted.timeline()["people"] == 2
    change(restarted, talk_id, results="hidden")
    eventually(lambda: restarted.timeline()["results"] == "hidden", 2, "they are not hidden")
    talk = restarted.timeline()["talk"]
    assert (talk["people"], talk["more_people"]) == (2, False)
    change(restarted, talk_id, started_at=int(time.time()) + 4)
    eventually(lambda: restarted.timeline()["talk"]["people"] == 0, 2, "they clicked before it")
    wait_for_people(restarted, 2)


def test_people_leave_without_a_click_and_the_tag_says_so() -> None:
    counts = PeopleCounts({int(NOW) - 119: 2, int(NOW): 1}, known_since=0)
    responses, snapshot = TimelineResponses(SEED), Snapshot(people=counts)
    answers = [
        responses.render(snapshot, "live", 3600, NOW + later)
        for later in (0.0, 0.4, 1.0, 2.0, 121.0)
    ]

    people = [json.loads(answer.body)["people"] for answer in answers]
    assert people == [3, 3, 3, 1, 0]
    # The same tag is also the same object: nothing was made again.
    assert answers[0].etag is answers[1].etag is answers[2].etag
    assert len({answer.etag for answer in answers}) == 3
