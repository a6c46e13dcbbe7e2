"""Settings of the studios that tests start: the standalone ones, with the tests' plugins besides."""

import os
from pathlib import Path

from flowstudio.site.settings import *  # noqa: F403
from flowstudio.site.settings import FLOWSTUDIO as OWN

FLOWSTUDIO = {
    **OWN,
    "PLUGIN_DIRS": [Path(__file__).parent / "test_plugins"],
    "PICK_UP_SECONDS": 0.2,
    "MAX_CLAIMS": int(os.environ.get("TEST_MAX_CLAIMS", 5)),
    "CONCURRENT_RUNS": int(os.environ.get("TEST_CONCURRENT_RUNS", 100)),
}
