"""`manage.py openapi FILE`: write the API's OpenAPI document, from which the front end makes its types."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from flowstudio.api import docs


class Command(BaseCommand):
    help = "Write the OpenAPI document of the API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="where to (the screen)")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        text = json.dumps(docs.document(), indent=2) + "\n"
        if file is None:
            self.stdout.write(text, ending="")
        else:
            file.write_text(text)
