"""The pictures that the documents show, of those that `make pictures` has taken."""

import shutil

from tests.browser.phone import PICTURES
from tests.programs import ROOT

DOCUMENTS = ROOT / "docs" / "pictures"
KEPT = {
    "clicker-closed": "clicker-closed-dark-en-390",
    "clicker-closed-eight": "clicker-closed-eight-light-en-390",
    "clicker-light": "clicker-sent-light-es-844",
    "clicker-not-allowed": "clicker-not-allowed-dark-en-390",
    "clicker-offline": "clicker-offline-dark-en-390",
    "clicker-ready": "clicker-ready-dark-en-390",
    "clicker-sent": "clicker-sent-dark-en-390",
    "clicker-talk": "clicker-talk-dark-en-390",
    "clicker-talk-from-the-right": "clicker-talk-from-the-right-light-en-390",
    "clicker-talk-of-eight": "clicker-talk-of-eight-light-en-390",
    "clicker-unknown": "clicker-unknown-dark-en-390",
    "clicker-waiting": "clicker-waiting-dark-en-390",
    "clicker-without-javascript": "clicker-without-javascript",
    "dashboard-bar": "dashboard-bar-dark-en-1366",
    "dashboard-bar-dialog": "dashboard-bar-dialog-dark-en-390",
    "dashboard-bar-waiting": "dashboard-bar-waiting-light-en-1366",
    "dashboard-broker-away": "dashboard-broker-away-dark-en-1366",
    "dashboard-connecting": "dashboard-connecting-dark-en-1366",
    "dashboard-hidden": "dashboard-hidden-dark-en-1920",
    "dashboard-large-totals": "dashboard-large-totals-dark-en-1366",
    "dashboard-live": "dashboard-live-dark-en-1366",
    "dashboard-nothing-yet": "dashboard-nothing-yet-dark-en-1366",
    "dashboard-overlay": "dashboard-overlay-dark-en-1366",
    "dashboard-paused": "dashboard-paused-dark-en-1366",
    "dashboard-phone": "dashboard-live-light-en-390",
    "dashboard-presented-talk": "dashboard-presented-talk-dark-en-390",
    "dashboard-presenter": "dashboard-presenter-dark-en-1920",
    "dashboard-presenter-of-eight": "dashboard-presenter-of-eight-dark-en-1366",
    "dashboard-reconnecting": "dashboard-reconnecting-dark-en-1366",
    "dashboard-stale": "dashboard-stale-dark-en-1366",
    "dashboard-talk": "dashboard-talk-dark-en-1920",
    "lab-tap": "lab-tap",
    "report": "report-report-dark-en-1366",
    "report-paper": "report-paper",
    "report-presenter": "report-presenter-dark-en-1366",
}
"""The names in docs/pictures and in var/pictures, both without the ending."""


def keep() -> None:
    """Copy the pictures of the documents from those of the run, which must be there."""
    for name, taken in KEPT.items():
        shutil.copyfile(PICTURES / f"{taken}.webp", DOCUMENTS / f"{name}.webp")


if __name__ == "__main__":
    keep()
