"""The graph document as a value."""

import pytest

from flowstudio.engine.document import Graph, Node, Settings, empty_document
from flowstudio.engine.errors import GraphInvalid

DOCUMENT = {
    "format": "flowstudio/1",
    "nodes": [
        {"id": "n1", "plugin": "start", "plugin_version": 1, "name": "Order placed", "position": [80, 120.5]},
        {"id": "n2", "plugin": "if", "name": "Big?", "config": {"condition": "payload.total > 100"}},
    ],
    "edges": [
        {"id": "e1", "source": "n1", "source_port": "payload", "target": "n2", "target_port": "payload"}
    ],
}


def test_what_may_be_left_out_has_a_default():
    graph = Graph.from_document(DOCUMENT)

    assert graph.nodes[1] == Node(
        id="n2",
        plugin="if",
        name="Big?",
        position=(0, 0),
        config={"condition": "payload.total > 100"},
        settings=Settings(disabled=False, timeout=None, on_error="fail"),
        plugin_version=None,
        parent=None,
    )


def test_a_graph_survives_its_own_document():
    graph = Graph.from_document(DOCUMENT)

    assert Graph.from_document(graph.to_document()) == graph


def test_the_hash_follows_the_content_and_not_the_order_of_keys():
    turned = {key: DOCUMENT[key] for key in reversed(DOCUMENT)}
    turned["nodes"] = [{key: node[key] for key in reversed(node)} for node in DOCUMENT["nodes"]]
    other = {**DOCUMENT, "nodes": DOCUMENT["nodes"][::-1]}

    assert Graph.from_document(turned).hash == Graph.from_document(DOCUMENT).hash
    assert Graph.from_document(other).hash != Graph.from_document(DOCUMENT).hash


def test_config_keeps_its_order_and_its_kinds_of_number():
    document = {
        **empty_document(),
        "nodes": [{**DOCUMENT["nodes"][0], "config": {"b": 1.0, "a": 1, "ä": "\u0000"}}],
    }

    config = Graph.from_document(document).to_document()["nodes"][0]["config"]

    assert list(config.items()) == [("b", 1.0), ("a", 1), ("ä", "\u0000")]
    assert isinstance(config["b"], float)


def test_a_graph_does_not_change_with_the_document_it_came_from():
    document = {**empty_document(), "nodes": [{**DOCUMENT["nodes"][0], "config": {"a": [1]}}]}
    graph = Graph.from_document(document)

    document["nodes"][0]["config"]["a"].append(2)

    assert graph.nodes[0].config == {"a": [1]}


def test_all_faults_of_the_form_are_told_at_once_and_at_their_places():
    with pytest.raises(GraphInvalid) as invalid:
        Graph.from_document(
            {
                "format": "flowstudio/2",
                "nodes": [
                    {"id": "n1", "plugin": 3, "nam": "A", "settings": {"retry": {"attempts": 0}}},
                    "not a node",
                ],
                "edges": [{"id": "e1", "source": "n1", "source_port": "payload", "target": "n1"}],
            }
        )

    places = {(problem.node, problem.edge, problem.path) for problem in invalid.value.problems}
    assert places == {
        (None, None, ("format",)),
        ("n1", None, ("plugin",)),
        ("n1", None, ("name",)),
        ("n1", None, ("nam",)),
        ("n1", None, ("settings", "retry", "attempts")),
        (None, None, ("nodes", 1)),
        (None, "e1", ("target_port",)),
    }
    assert {problem.code for problem in invalid.value.problems} == {"bad_document"}


@pytest.mark.parametrize(
    "document", [None, [], "x", {}, {"format": "flowstudio/1", "nodes": None, "edges": 3}]
)
def test_what_is_no_document_is_refused(document):
    with pytest.raises(GraphInvalid):
        Graph.from_document(document)


def test_a_document_obeys_the_limits_of_every_value():
    deep = []
    for _ in range(100):
        deep = [deep]

    with pytest.raises(GraphInvalid, match="nested deeper"):
        Graph.from_document({**empty_document(), "nodes": [{**DOCUMENT["nodes"][0], "config": {"a": deep}}]})


def test_an_empty_document_is_a_graph():
    assert Graph.from_document(empty_document()).nodes == ()
