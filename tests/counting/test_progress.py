from dash_app.counting.progress import EVERY_SECONDS, Progress


def test_a_quick_reading_says_nothing() -> None:
    progress = Progress("topic clicks", 100.0)

    assert [progress.describe(n, 9, 100 + n) for n in range(9)] == [""] * 9


def test_a_long_reading_says_every_ten_seconds_how_far_it_is_and_what_is_left() -> None:
    progress = Progress("topic clicks", 100.0)
    lines = [progress.describe(1000 * n, 100_000, 100.0 + n) for n in range(1, 41)]

    assert [number for number, line in enumerate(lines, 1) if line] == [10, 20, 30, 40]
    assert lines[9] == "topic clicks: 10,000 of 100,000 records read (10%), about 90 s more"
    assert lines[39].endswith("(40%), about 60 s more")


def test_nothing_read_and_nothing_to_read_are_lines_too() -> None:
    assert Progress("log", 0).describe(0, 9, EVERY_SECONDS) == "log: 0 of 9 records read (0%)"
    assert "(100%), about 0 s more" in Progress("log", 0).describe(0, 0, EVERY_SECONDS)
