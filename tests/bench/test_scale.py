"""docs/scale.md calculates with the settings' own values."""

from dash_app.settings import Settings
from tests.programs import ROOT


def test_the_page_calculates_with_the_default_of_dedup_offsets() -> None:
    page = (ROOT / "docs" / "scale.md").read_text()
    default = Settings.model_fields["dedup_offsets"].default

    assert f"`DEDUP_OFFSETS` ({default:,})" in page
    assert f"{default:,} ÷ (clicks ÷ partitions) ÷ 2" in page
