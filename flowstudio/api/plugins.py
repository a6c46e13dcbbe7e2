"""The palette: all plugins as this person may use them; and what an administrator sets for each."""

from functools import cache
from typing import Any

from django.db import transaction
from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import shapes
from flowstudio.api.openapi import operation
from flowstudio.api.problems import Refused, error_at
from flowstudio.api.views import ApiView
from flowstudio.api.workflows import groups_by_name
from flowstudio.engine.plugins import Plugin
from flowstudio.engine.registry import describe
from flowstudio.models import PluginConfig
from flowstudio.runs import plugins

TAG = "plugins"


class Plugins(ApiView):
    @operation("plugins_list", "The palette", {200: shapes.Palette}, tag=TAG)
    def get(self, request: Request) -> Response:
        registry = plugins.registry()
        disabled = plugins.disabled_for(request.user)
        configured = dict(PluginConfig.objects.values_list("plugin", "defaults"))
        return Response(
            {
                "results": [
                    _described(plugin, plugin.id not in disabled, configured.get(plugin.id, {}))
                    for plugin in registry.all()
                ],
                "broken": [{"id": broken.id, "message": broken.message} for broken in registry.broken],
            }
        )


@cache  # a declaration does not change while the process runs
def _declaration(plugin_id: str) -> dict[str, Any]:
    return describe(_plugin(plugin_id))


def _described(plugin: type[Plugin], enabled: bool, defaults: dict[str, Any]) -> dict[str, Any]:
    described = _declaration(plugin.id)
    return {
        **described,
        "enabled": enabled,
        "defaults": {**described["defaults"], **defaults},
    }


class PluginConfigItem(ApiView):
    @operation(
        "plugins_config_read",
        "What is set for a plugin in this installation",
        {200: shapes.PluginConfigBody},
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, plugin_id: str) -> Response:
        _admin_only(request)
        _plugin(plugin_id)
        return Response(_config_json(plugin_id))

    @operation(
        "plugins_config_set",
        "Set it: enabled, for which groups, with which defaults for new nodes",
        {200: shapes.PluginConfigBody},
        body=shapes.PluginConfigBody,
        problem=(404,),
        tag=TAG,
    )
    def put(self, request: Request, plugin_id: str) -> Response:
        _admin_only(request)
        plugin = _plugin(plugin_id)
        given = self.body(shapes.PluginConfigBody)
        _check_defaults(plugin, given["defaults"])
        groups = groups_by_name(given["groups"])
        with transaction.atomic():
            config, _ = PluginConfig.objects.update_or_create(
                plugin=plugin_id, defaults={name: given[name] for name in ("enabled", "defaults", "limits")}
            )
            config.groups.set(groups.values())
        return Response(_config_json(plugin_id))


def _admin_only(request: Request) -> None:
    if not request.user.has_perm("flowstudio.change_pluginconfig"):
        raise PermissionDenied("Only an administrator sets plugins ('flowstudio.change_pluginconfig').")


def _plugin(plugin_id: str) -> type[Plugin]:
    plugin = plugins.registry().get(plugin_id)
    if plugin is None:
        raise Http404
    return plugin


def _check_defaults(plugin: type[Plugin], defaults: dict[str, Any]) -> None:
    errors = [
        error_at(["defaults", name], f"The plugin {plugin.name!r} has no setting {name!r}.")
        for name in defaults
        if name not in plugin.Config.model_fields
    ]
    if errors:
        raise Refused(400, "invalid", errors[0]["message"], errors)


def _config_json(plugin_id: str) -> dict[str, Any]:
    config = PluginConfig.objects.filter(plugin=plugin_id).first()
    if config is None:
        return {"enabled": True, "groups": [], "defaults": {}, "limits": {}}
    return {
        "enabled": config.enabled,
        "groups": sorted(config.groups.values_list("name", flat=True)),
        "defaults": config.defaults,
        "limits": config.limits,
    }
