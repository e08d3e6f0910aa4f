"""The help of the command line: groups of commands, examples, tables, and a hint at settings."""

from collections import UserDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from dash_app.settings.reference import UNSET, Entry, entries

Rows = Sequence[tuple[str, str]]


def settings_table() -> Rows:
    """Return one row per environment variable: its meaning, what is allowed, its default."""
    return [
        (entry.variable, f"{entry.meaning} Allowed: {entry.allowed}.{_default(entry)}")
        for entry in entries()
    ]


def short_settings_table(variables: Collection[str]) -> Rows:
    """Return one row for each of these environment variables: its meaning and its default."""
    return [
        (entry.variable, f"{entry.meaning}{_default(entry)}")
        for entry in entries()
        if entry.variable in variables
    ]


def _default(entry: Entry) -> str:
    return "" if entry.default == UNSET else f" Default: {entry.default}."


class HelpfulCommand(click.Command):
    """A command whose help has examples and tables, and whose errors name a way out.

    `examples` are pairs of a purpose and a command with {program} in place of the program's name.
    """

    def __init__(
        self,
        *arguments: Any,
        examples: Rows = (),
        tables: Mapping[str, Rows] | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(*arguments, **attributes)
        self._examples = examples
        self._tables = tables or {}

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the tables, the examples and the epilog."""
        for title, rows in self._tables.items():
            with formatter.section(title):
                formatter.write_dl(rows)
        if self._examples:
            with formatter.section("Examples"):
                for purpose, command in self._examples:
                    formatter.write_text(f"{purpose}:")
                    line = command.format(program=ctx.find_root().info_name)
                    formatter.write(f"{'':{formatter.current_indent + 2}}{line}\n")
        super().format_epilog(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; an unknown option that is a setting is answered with its variable."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            variable = error.option_name.lstrip("-").replace("-", "_").upper()
            if not short_settings_table([variable]):
                raise
            way_out = f"Settings are environment variables: {variable}=… {ctx.command_path}"
            raise click.NoSuchOption(
                error.option_name, f"{error.message} {way_out}", ctx=ctx
            ) from error


class _Commands(UserDict[str, click.Command]):
    """The commands by name, imported from the modules of their names when they are needed.

    So the program starts sooner.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self._names = list(names)

    def __getitem__(self, name: str) -> click.Command:
        if name in self._names and name not in self.data:
            self.data[name] = getattr(import_module(f"{__package__}.{name}"), name)
        return self.data[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class GroupedCommands(HelpfulCommand, click.Group):
    """A group that lists its commands under the headings `groups`, in that order."""

    command_class = HelpfulCommand

    def __init__(
        self, *arguments: Any, groups: Mapping[str, Sequence[str]], **attributes: Any
    ) -> None:
        names = [name for each in groups.values() for name in each]
        super().__init__(*arguments, commands=_Commands(names), **attributes)
        self._groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands before the options: a new user needs them first."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group with the first sentence of each command."""
        for title, names in self._groups.items():
            rows = [(name, self.commands[name].get_short_help_str(limit=80)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)
