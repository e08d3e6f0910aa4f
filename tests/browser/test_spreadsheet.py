"""The dashboard's CSV in a real LibreOffice, on English and on Spanish machines."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.test_dashboard import draws
from tests.browser.test_looks import prefers
from tests.browser.viewer import saved

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
LOCALES = {"en-US": 1033, "es-ES": 3082}
# What LibreOffice's window of import has at first: tab, comma and semicolon separate, and nothing
# but numbers and ISO 8601 is recognised.
FILTER = "CSV:9/44/59,34,76,1,,{locale},false,false"

Cell = tuple[str | None, str]


def opened(file: Path, locale: int) -> list[list[Cell]]:
    """Return type and value of the cells of each row, as LibreOffice reads them."""
    profile = (file.parent / "profile").as_uri()
    arguments = ["--headless", f"--infilter={FILTER.format(locale=locale)}", "--convert-to", "fods"]
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", *arguments, file.name],
        cwd=file.parent,
        check=True,
        capture_output=True,
        timeout=120,
    )
    table = ET.parse(file.with_suffix(".fods"))  # noqa: S314
    return [
        [cell for cells in row.iter(f"{TABLE}table-cell") for cell in _repeated(cells)]
        for row in table.iter(f"{TABLE}table-row")
    ]


def _repeated(cell: ET.Element) -> list[Cell]:
    kind = cell.get(f"{OFFICE}value-type")
    text = "".join(cell.itertext()).strip()
    value = cell.get(f"{OFFICE}date-value") or cell.get(f"{OFFICE}value") or text
    return [(kind, value)] * int(cell.get(f"{TABLE}number-columns-repeated", "1"))


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
