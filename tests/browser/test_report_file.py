"""The report as a file from a USB stick: no network, and the chart is alive."""

import copy
import struct
from pathlib import Path

import pytest

from dash_app.pages.report_file import render_html
from tests.browser.phone import Phone
from tests.browser.reports import EXAMPLE, drawn, go_to, is_seen, print_report, table
from tests.browser.viewer import saved
from tests.waiting import eventually

TOTALS = [189, 646, 121]
SCRIPT = "</script><script>document.title = 'taken'</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("es", "light")])
def test_a_file_opens_without_a_network(
    phone: Phone, tmp_path: Path, language: str, theme: str
) -> None:
    report = copy.deepcopy(EXAMPLE)
    report["talk"]["title"] = report["talk"]["marks"][0]["label"] = SCRIPT
    report["reactions"][0]["label"] = report["segments"][1]["label"] = SCRIPT
    file = tmp_path / "report.html"
    file.write_bytes(render_html(report, language, "Asia/Kolkata"))
    phone.resize(1366, 768)
    phone.prefers(theme)
    phone.network(online=False)
    phone.driver.get(file.as_uri())
    eventually(lambda: drawn(phone) == TOTALS, 10, "the chart is not drawn")
    for size in ((1366, 768), (800, 1200), (390, 844)):
        phone.resize(*size)
        is_seen(phone)

    assert phone.run("return document.documentElement.dataset.bsTheme") == theme
    assert phone.run("return document.documentElement.lang") == language
    assert phone.text("h1") == SCRIPT
    assert table(phone, "segments")[2][1] == SCRIPT
    assert phone.text("#zone").endswith("Asia/Kolkata (UTC+5:30)")
    assert "13:30:00 – 13:35:00" in phone.text("#report-time")
    assert phone.run("return document.querySelectorAll('img').length") == 0
    go_to(phone, 125)
    eventually(lambda: sum(drawn(phone)) == 148, 5, lambda: f"{drawn(phone)} are drawn")
    phone.run("document.querySelector('[data-speed=\"60\"]').click()")
    phone.run("document.querySelector('#play').click()")
    eventually(lambda: drawn(phone) == TOTALS, 10, "the replay does not end")
    assert phone.text("#total-all") == "956"
    picture = saved(phone, "png", tmp_path / "saved").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (1920, 1080)
    assert len(picture) > 20_000

    assert print_report(phone) == 1
    is_seen(phone)
    phone.speaks("es" if language == "en" else "en")
    phone.run("document.querySelector('[data-switch=zone]').click()")
    eventually(lambda: "08:00:00" in phone.text("#report-time"), 3, "the zone stays")
    asked = phone.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name for name in asked if not name.startswith(("data:", "blob:"))] == []
    assert phone.console() == []
