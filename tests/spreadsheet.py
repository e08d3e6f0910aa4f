"""CSV files as a real LibreOffice reads them, on English and on Spanish machines."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

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
