"""The palette as a person may use it, and what an administrator sets."""

import pytest
from django.contrib.auth.models import Group

from flowstudio.models import PluginConfig
from flowstudio.runs import plugins

pytestmark = pytest.mark.django_db


def palette(client):
    return {plugin["id"]: plugin for plugin in client.get("/api/plugins/").json()["results"]}


def config(client, plugin, **given):
    return client.put(f"/api/plugins/{plugin}/config/", given)


def test_the_palette_is_the_registry(owner, client_of):
    found = palette(client_of(owner))

    assert set(found) == {plugin.id for plugin in plugins.registry().all()}
    assert all(plugin["enabled"] for plugin in found.values())
    assert found["log"]["config_schema"]["properties"]["message"]["x-kind"] == "template"


def test_what_is_set_comes_back_and_shows_in_the_palette(boss, owner, client_of):
    before = client_of(boss).get("/api/plugins/delay/config/").json()

    answer = config(client_of(boss), "delay", defaults={"seconds": 7}, enabled=False)

    assert before == {"enabled": True, "groups": [], "defaults": {}, "limits": {}}
    assert answer.json() == {"enabled": False, "groups": [], "defaults": {"seconds": 7}, "limits": {}}
    delay = palette(client_of(owner))["delay"]
    assert (delay["enabled"], delay["defaults"]["seconds"]) == (False, 7)


def test_a_plugin_may_be_for_some_groups_only(boss, owner, outsider, client_of):
    group = Group.objects.create(name="operators")
    owner.groups.add(group)

    config(client_of(boss), "http_request", groups=["operators"])

    assert palette(client_of(owner))["http_request"]["enabled"] is True
    assert palette(client_of(outsider))["http_request"]["enabled"] is False


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"defaults": {"secnods": 1}}, ["defaults", "secnods"]),
        ({"groups": ["nobody"]}, [0, "group"]),
        ({"enabled": "perhaps"}, ["enabled"]),
        ({"defaults": []}, ["defaults"]),
    ],
)
def test_a_wrong_setting_says_where_and_changes_nothing(boss, client_of, given, place):
    answer = config(client_of(boss), "delay", **given)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == place
    assert not PluginConfig.objects.exists()


def test_an_unknown_plugin_is_not_there(boss, client_of):
    assert config(client_of(boss), "no.such_plugin").status_code == 404
