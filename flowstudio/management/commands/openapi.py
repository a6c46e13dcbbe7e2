"""`manage.py openapi`: write the API's OpenAPI document, from which the front end makes its types."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from flowstudio.api import docs

FILE = Path(__file__).resolve().parents[3] / "frontend" / "openapi.json"


class Command(BaseCommand):
    help = "Write frontend/openapi.json from the API's views."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")

    def handle(self, *, check: bool, **_: Any) -> None:
        text = json.dumps(docs.document(), indent=2) + "\n"
        if not check:
            FILE.write_text(text)
        elif not FILE.exists() or FILE.read_text() != text:
            raise CommandError(f"{FILE.name} differs from the API. Run manage.py openapi.")
