"""The dashboard's CSV in a real LibreOffice, on English and on Spanish machines."""

from pathlib import Path

import pytest

from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.test_dashboard import draws
from tests.browser.test_looks import prefers
from tests.browser.viewer import saved
from tests.spreadsheet import LOCALES, opened


@pytest.mark.parametrize("language", LOCALES)
def test_times_are_times_and_columns_are_columns(
    phone: Phone, site: Site, tmp_path: Path, language: str
) -> None:
    site.click(*[("cheers", 60)] * 3, ("hate", 60))
    prefers(phone, "dark", language)
    phone.cdp("Emulation.setTimezoneOverride", timezoneId="Europe/Madrid")
    phone.open_dashboard()
    draws(phone, 3, 1)

    heads, *rows = opened(saved(phone, "csv", tmp_path / "saved"), LOCALES[language])

    spanish = language == "es-ES"
    assert [text for _, text in heads[1:6]] == [
        "Hora (UTC)" if spanish else "Time (UTC)",
        "Segundos" if spanish else "Seconds",
        "Cheers 👍",
        "Hate 👎",
        "Parte de Cheers 👍" if spanish else "Share of Cheers 👍",
    ]
    (busy,) = [row for row in rows if len(row) > 3 and row[3] == ("float", "3")]
    local, utc, *numbers, complete = busy[:7]
    assert numbers == [("float", "2"), ("float", "3"), ("float", "1"), ("float", "0.75")]
    assert complete == ("string", "sí" if spanish else "yes")
    assert utc[0] == "date"
    assert (local[1][10], local[1][13:]) == (" ", utc[1][13:])
    assert len({row[1] for row in rows if row[1][0] == "date"}) == 60
