"""Settings of the studios that tests start: the standalone ones, with the tests' plugins besides."""

from pathlib import Path

from flowstudio.site.settings import *  # noqa: F403
from flowstudio.site.settings import FLOWSTUDIO as OWN

FLOWSTUDIO = {**OWN, "PLUGIN_DIRS": [Path(__file__).parent / "test_plugins"]}
