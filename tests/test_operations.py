"""What is handed to operators names exactly the metrics that there are."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dash_app.settings import Settings
from tests.programs import ROOT
from tests.scrape import METRIC, Scrape
from tests.served import run_command
from tests.sites import open_live_site

GRAFANA = ROOT / "ops" / "grafana.json"
PAGE = (ROOT / "docs" / "operations.md").read_text()
PARTS = ("_bucket", "_count", "_sum")


def whole(names: set[str]) -> set[str]:
    """Return the metrics that these samples are parts of."""
    for part in PARTS:
        names = {name.removesuffix(part) for name in names}
    return names


@pytest.fixture
def exposed(tmp_path: Path) -> set[str]:
    """The metrics of a site that has taken a click."""
    with open_live_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        site.click({"type": "cheers"})
        site.wait_for_totals(1)
        return whole(Scrape(site.ask("GET", "/metrics").text).names())


def test_the_dashboard_shows_each_metric_and_no_other(exposed: set[str]) -> None:
    board = json.loads(GRAFANA.read_text())
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]

    assert whole(set(METRIC.findall(" ".join(expressions)))) == exposed
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in board["panels"]}) == len(places)


def test_the_page_explains_each_metric_and_no_other(exposed: set[str]) -> None:
    rows = {name for line in PAGE.splitlines() if line[:2] == "| " for name in METRIC.findall(line)}

    assert rows == exposed
    assert whole(set(METRIC.findall(PAGE))) == exposed


def test_there_are_three_alerts_that_prometheus_could_load() -> None:
    (block,) = [text for text in PAGE.split("```yaml\n")[1:] if text.startswith("groups:")]
    (group,) = yaml.safe_load(block.partition("```")[0])["groups"]

    assert [rule["alert"] for rule in group["rules"]] == [
        "ClicksStop",
        "ClicksLag",
        "ClicksRefused",
    ]
    assert all(METRIC.search(rule["expr"]) for rule in group["rules"])


def test_the_backup_on_the_page_makes_a_copy_that_the_audit_finds_whole(tmp_path: Path) -> None:
    (command,) = re.findall(r"^python3 -c '([^']+)' \\\n  (\S+) (\S+)$", PAGE, re.MULTILINE)
    code, source, target = command
    with open_live_site(Settings(clicks_db=tmp_path / source)) as site:
        site.click({"clicks": [{"type": "cheers"}] * 7})
        site.wait_for_totals(7)
        subprocess.run([sys.executable, "-c", code, source, target], cwd=tmp_path, check=True)

    found = run_command(tmp_path, "audit", CLICKS_DB=target)
    assert found.status == 0, found.text
    assert re.search(r"^ +all +7 +7 +0 ", found.text, re.MULTILINE), found.text


def test_what_the_page_says_is_logged_is_what_is_said() -> None:
    said = "".join(path.read_text() for path in sorted((ROOT / "dash_app").rglob("*.py")))
    rows = re.findall(
        r"^\| (`no broker.*|`the broker.*|`no encrypted.*|`not allowed.*) \|", PAGE, re.MULTILINE
    )

    assert len(rows) == 4
    for sentence in re.findall(r"`([^`]+)`", " ".join(row.split(" | ")[0] for row in rows)):
        for part in re.split("…[ (]?", sentence):
            assert part.strip(" ();") in said, sentence
