"""Write docs/plugins from the declarations of the built-in plugins, or check that it is up to date."""

from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from flowstudio.engine import help
from flowstudio.engine.plugins import Plugin
from flowstudio.engine.registry import Registry, describe

CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = CHECKOUT / "docs" / "plugins"
INTRODUCTION = "Each page is made from the plugin's file by `manage.py plugin_docs`; change it there."


class Command(BaseCommand):
    help = "Write docs/plugins/*.md from the plugins' own files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")

    def handle(self, *, check: bool, **_: Any) -> None:
        wanted = pages()
        found = {file.name: file.read_text() for file in FOLDER.glob("*.md")}
        differing = sorted(name for name in wanted.keys() | found if wanted.get(name) != found.get(name))
        if check and differing:
            raise CommandError(f"docs/plugins differs: {', '.join(differing)}. Run manage.py plugin_docs.")
        for name in differing:
            self._write(FOLDER / name, wanted.get(name))

    def _write(self, file: Path, text: str | None) -> None:
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.stdout.write(f"docs/plugins/{file.name}")


def pages() -> dict[str, str]:
    """File name → text: a page per built-in plugin, and the list of them."""
    built_in = Registry()
    built_in.load_folder(CHECKOUT / "plugins")
    found = built_in.all()
    return {"README.md": _list_of(found)} | {f"{plugin.id}.md": help.page(plugin) for plugin in found}


def _list_of(plugins: list[type[Plugin]]) -> str:
    lines = ["# Plugins", "", INTRODUCTION]
    for group, members in groupby(plugins, key=lambda plugin: plugin.group):
        lines += ["", f"## {group}", ""]
        lines += [
            f"- [{plugin.name}]({plugin.id}.md): {describe(plugin)['description']}" for plugin in members
        ]
    return "\n".join(lines) + "\n"
