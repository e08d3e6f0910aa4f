"""Lighthouse's scores of a page, as a middling phone on slow 4G sees it."""

import json
import os
import shutil
import subprocess
from typing import NamedTuple

from tests.browser.node_packages import package

CHROMIUM = "--headless=new --no-sandbox --disable-dev-shm-usage --disable-background-networking"
LOST = "Session closed. Most likely the page has been closed."
"""What Lighthouse ends with when its own browser has gone: it then says nothing of the page."""

QUALITY = ("accessibility", "best-practices")
SPEED = ("performance",)


class Report(NamedTuple):
    """Scores by category, 0 to 100, and the titles of the audits that cost points.

    `lost` is what Lighthouse said when it lost its browser and had to begin anew; else empty.
    """

    scores: dict[str, float]
    failed: list[str]
    lost: str = ""


def examine(address: str, categories: tuple[str, ...] = QUALITY) -> Report:
    """Load the page in a Chromium of its own and return what Lighthouse says of it."""
    lost = ""
    done = _run(address, categories)
    if done.returncode != 0 and LOST in done.stderr:
        lost = f"{address}: {done.stderr[-300:].strip()}"
        done = _run(address, categories)
    assert done.returncode == 0, f"Lighthouse could not examine {address}: {done.stderr[-2000:]}"
    result = json.loads(done.stdout)
    scores = {name: each["score"] * 100 for name, each in result["categories"].items()}
    failed = [
        audit["title"]
        for audit in result["audits"].values()
        if audit["score"] is not None and audit["score"] < 0.9
    ]
    return Report(scores, failed, lost)


def _run(address: str, categories: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            "node",
            str(package("lighthouse") / "cli" / "index.js"),
            address,
            "--quiet",
            "--output=json",
            "--no-enable-error-reporting",
            "--disable-full-page-screenshot",
            "--form-factor=mobile",
            f"--only-categories={','.join(categories)}",
            f"--chrome-flags={CHROMIUM}",
        ],
        env={**os.environ, "CHROME_PATH": shutil.which("chromium") or ""},
        capture_output=True,
        text=True,
        timeout=140,
        check=False,
    )
