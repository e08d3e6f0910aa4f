"""What is handed to operators names exactly the metrics that there are."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from promql_parser import AggregateExpr, Expr, VectorSelector, parse

from dash_app.settings import Settings
from tests.programs import ROOT
from tests.scrape import METRIC, Scrape
from tests.served import run_command
from tests.sites import open_live_site

GRAFANA = ROOT / "ops" / "grafana.json"
PAGE = (ROOT / "docs" / "operations.md").read_text()
ALERTS = ROOT / "ops" / "alerts.yml"
PARTS_OF_EXPRESSIONS = ("lhs", "rhs", "expr", "args", "vector_selector")
PARTS = ("_bucket", "_count", "_sum")


def whole(names: set[str]) -> set[str]:
    """Return the metrics that these samples are parts of."""
    for part in PARTS:
        names = {name.removesuffix(part) for name in names}
    return names


@pytest.fixture
def scrape(tmp_path: Path) -> Scrape:
    """What a site exposes that has taken a click."""
    with open_live_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        site.click({"type": "cheers"})
        site.wait_for_totals(1)
        return Scrape(site.ask("GET", "/metrics").text)


@pytest.fixture
def exposed(scrape: Scrape) -> set[str]:
    """The metrics that the site exposes."""
    return whole(scrape.names())


def alerts() -> dict[str, str]:
    """Return the expression of each alert."""
    (group,) = yaml.safe_load(ALERTS.read_text())["groups"]
    return {rule["alert"]: rule["expr"] for rule in group["rules"]}


def shown() -> list[str]:
    """Return what the dashboard asks for."""
    board = json.loads(GRAFANA.read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def selected(expression: str) -> dict[str, set[str]]:
    """Return the names of an expression, each with the labels that are asked of it."""
    labels_by_metric: dict[str, set[str]] = {}

    def look(part: Any, grouped: frozenset[str] = frozenset()) -> None:
        if isinstance(part, AggregateExpr) and part.modifier is not None:
            grouped |= set(part.modifier.labels)
        if isinstance(part, VectorSelector):
            labels = grouped | {matcher.name for matcher in part.matchers.matchers}
            labels_by_metric.setdefault(str(part.name), set()).update(labels)
        for name in PARTS_OF_EXPRESSIONS:
            below = getattr(part, name, ())
            for each in below if isinstance(below, list) else [below]:
                if isinstance(each, Expr):
                    look(each, grouped)

    look(parse(expression))
    return labels_by_metric


@pytest.mark.parametrize("expression", [*alerts().values(), *shown()])
def test_an_expression_asks_for_names_and_labels_that_a_scrape_has(
    scrape: Scrape, expression: str
) -> None:
    names = selected(expression)

    assert names
    for name, labels in names.items():
        if name == "up":
            # Prometheus' own: one for each target.
            assert labels == {"job"}
        else:
            assert name in scrape.names(), expression
            assert labels - {"job"} <= scrape.labels(name), expression


def test_the_dashboard_shows_each_metric_and_no_other(exposed: set[str]) -> None:
    board = json.loads(GRAFANA.read_text())

    assert whole(set(METRIC.findall(" ".join(shown())))) == exposed
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in board["panels"]}) == len(places)


def test_the_page_explains_each_metric_and_no_other(exposed: set[str]) -> None:
    rows = {name for line in PAGE.splitlines() if line[:2] == "| " for name in METRIC.findall(line)}

    assert rows == exposed
    assert whole(set(METRIC.findall(PAGE))) == exposed


def test_the_page_explains_each_alert_and_scrapes_the_job_that_they_go_by(tmp_path: Path) -> None:
    (block,) = [text for text in PAGE.split("```yaml\n")[1:] if text.startswith("scrape_configs:")]
    (job,) = yaml.safe_load(block.partition("```")[0])["scrape_configs"]

    assert re.findall(r"^\| `(Clic\w+)` \|", PAGE, re.MULTILINE) == [*alerts()]
    assert {"ClickerDown", "ClicksStop"} < alerts().keys()
    for expression in alerts().values():
        assert f'job="{job["job_name"]}"' in expression
    with open_live_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        assert site.client.get(job["metrics_path"]).mimetype == "text/plain"


@pytest.mark.slow
def test_the_backup_on_the_page_makes_a_copy_that_the_audit_finds_whole(tmp_path: Path) -> None:
    (command,) = re.findall(r"^python3 -c '([^']+)' \\\n  (\S+) (\S+)$", PAGE, re.MULTILINE)
    code, source, target = command
    with open_live_site(Settings(clicks_db=tmp_path / source)) as site:
        site.click({"clicks": [{"type": "cheers"}] * 7})
        site.wait_for_totals(7)
        subprocess.run([sys.executable, "-c", code, source, target], cwd=tmp_path, check=True)

    audit = run_command(tmp_path, "audit", CLICKS_DB=target)
    assert audit.status == 0, audit.text
    assert re.search(r"^ +all +7 +7 +0 ", audit.text, re.MULTILINE), audit.text


def test_what_the_page_says_is_logged_is_what_is_said() -> None:
    source = "".join(path.read_text() for path in sorted((ROOT / "dash_app").rglob("*.py")))
    rows = re.findall(
        r"^\| (`no broker.*|`the broker.*|`no encrypted.*|`not allowed.*) \|", PAGE, re.MULTILINE
    )

    assert len(rows) == 4
    for sentence in re.findall(r"`([^`]+)`", " ".join(row.split(" | ")[0] for row in rows)):
        for part in re.split("…[ (]?", sentence):
            assert part.strip(" ();") in source, sentence
