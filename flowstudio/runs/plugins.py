"""The plugins of this process: built in, from the folders of the settings, apps and entry points."""

import importlib
import threading
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from flowstudio.conf import settings
from flowstudio.engine.registry import Broken, Registry
from flowstudio.models import PluginConfig

ENTRY_POINT_GROUP = "flowstudio.plugins"
PACKAGE = Path(__file__).resolve().parent.parent


_finding = threading.Lock()


def registry() -> Registry:
    """All plugins, found once per process. One that cannot be imported is in ``.broken``."""
    with _finding:  # a second thread that asks meanwhile must not import them a second time
        return _found()


@cache
def _found() -> Registry:
    found = Registry()
    found.load_folder(_built_in())
    for folder in settings.PLUGIN_DIRS:
        found.load_folder(Path(folder), package="flowstudio_plugins")
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "flow_plugins"):
            _load_module(found, f"{app.name}.flow_plugins", app.label)
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        _load_module(found, entry.value, entry.name)
    return found


def _built_in() -> Path:
    """In a wheel the plugins lie inside the package, in a checkout beside it."""
    inside = PACKAGE / "plugins"
    return inside if inside.is_dir() else PACKAGE.parent / "plugins"


def _load_module(found: Registry, name: str, prefix: str) -> None:
    try:
        module = importlib.import_module(name)
    except Exception as error:
        found.broken.append(Broken(prefix, f"{name} cannot be imported: {type(error).__name__}: {error}"))
    else:
        found.load_module(module, prefix)


def disabled_for(user: Any = None) -> frozenset[str]:
    """Ids of the plugins that ``user`` may not put into a graph; without a user: that nobody may."""
    configs = PluginConfig.objects.prefetch_related("groups")
    groups: set[Any] = set()
    if user is not None and not user.is_superuser:
        groups = set(user.groups.values_list("pk", flat=True))
    return frozenset(
        config.plugin
        for config in configs
        if not config.enabled or (user is not None and not _may_use(config, user, groups))
    )


def _may_use(config: PluginConfig, user: Any, groups: set[Any]) -> bool:
    allowed = {group.pk for group in config.groups.all()}
    return not allowed or user.is_superuser or bool(allowed & groups)
