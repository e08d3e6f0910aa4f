"""Finds the talk that a command is about."""

import click

from dash_app.counting.talks import Talk, Talks
from dash_app.counting.zones import iso_time

MOST_NAMED = 10
"""So many talks are named to somebody who asks for one that there is not."""


def find_talk(talks: Talks, talk_id: str | None, instead: str = "") -> Talk:
    """Return the talk with the id; None: the newest one.

    Raises click.ClickException, which names the talks that there are, or what to do `instead`.
    """
    if not talks.newest_first:
        raise click.ClickException(f"there are no talks yet{instead}")
    talk = talks.newest_first[0] if talk_id is None else talks.find(talk_id)
    if talk is None:
        named = [
            f"  {one.id}  {iso_time(one.started_at)}Z  {one.title}"
            for one in talks.newest_first[:MOST_NAMED]
        ]
        raise click.ClickException("\n".join([f"there is no talk {talk_id}; there are:", *named]))
    return talk
