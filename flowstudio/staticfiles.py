"""Static files of the standalone studio: hashed by Django, but Vite's, whose names are hashes already.

Hashed twice, each module would be fetched under two names, and an entry could run twice.
"""

import re
from typing import Any, Final

from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE: Final = "flowstudio/"
VITE_NAME: Final = re.compile(r"/flowstudio/assets/.+-[\w-]{8}\.\w+$")
DJANGO_NAME: Final = re.compile(r"\.[0-9a-f]{12}\.\w+$")


class Storage(CompressedManifestStaticFilesStorage):
    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        return name if name.startswith(BUNDLE) else super().hashed_name(name, content, filename)

    def stored_name(self, name: str) -> str:
        """Before the first `collectstatic` nothing is hashed: finders serve the files as they are."""
        if name.startswith(BUNDLE) or not self.hashed_files:
            return name
        return super().stored_name(name)


def is_immutable(path: str, url: str) -> bool:
    """WhiteNoise asks: may a browser keep this file for ever?"""
    return bool(VITE_NAME.search(url) or DJANGO_NAME.search(url))
