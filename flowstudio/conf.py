"""Every setting of FlowStudio with its default; a host overrides one as ``FLOWSTUDIO = {"NAME": value}``."""

from typing import Any

from django.conf import settings as django_settings

DEFAULTS: dict[str, Any] = {
    # Limits (docs/settings.md says what each refuses)
    "MAX_BODY_BYTES": 1024 * 1024,
    "MAX_GRAPH_NODES": 2_000,
    "MAX_GRAPH_EDGES": 10_000,
    "MAX_TRACE_PAYLOAD_BYTES": 256 * 1024,
    "MAX_JOURNAL_BYTES": 16 * 1024 * 1024,
    "MAX_STORED_BYTES": 64 * 1024,
    "MAX_STEPS": 100_000,
    "MAX_RUN_SECONDS": 24 * 3600,
    "MAX_EVENT_DEPTH": 16,
    "MAX_CALL_DEPTH": 10,
    "MAX_CLAIMS": 5,
    "MAX_WAIT_SECONDS": 60,
    # Running
    "DATA_DIR": "var",  # boot files and, in the standalone studio, the database
    "CONCURRENT_RUNS": 100,
    "PICK_UP_SECONDS": 1.0,
    # Live
    "LIVE_FRAME_SECONDS": 0.05,
    "LIVE_WINDOW_BYTES": 256 * 1024,
    "LIVE_POLL_SECONDS": 1.0,
    "ALLOWED_ORIGINS": [],  # besides the studio's own host
    # Safety
    "MASK_KEYS": [],  # besides those of runs/masking.py
    "ALLOW_PRIVATE_ADDRESSES": False,
    "WORKFLOW_FILTER": None,  # dotted path: (queryset, user) -> queryset, for tenants
    # Front end
    "VITE_DEV_SERVER": None,  # "http://127.0.0.1:5173" while working on frontend/
    # Plugins
    "PLUGIN_DIRS": [],
}


class Settings:
    """Reads ``settings.FLOWSTUDIO`` at each access, so that tests may override it."""

    def __getattr__(self, name: str) -> Any:
        if name not in DEFAULTS:
            raise AttributeError(f"FlowStudio has no setting {name!r}.")
        return getattr(django_settings, "FLOWSTUDIO", {}).get(name, DEFAULTS[name])


settings = Settings()
