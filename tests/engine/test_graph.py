"""The checks of a graph: each problem is found, named in words, and tied to its place."""

import pytest

from flowstudio.engine.document import Graph
from flowstudio.engine.graph import check
from flowstudio.engine.registry import Broken
from tests.drawing import graph
from tests.engine.plugins import Pass, registry

REGISTRY = registry()


def problems(drawn, **options):
    return check(drawn, REGISTRY, **options)


def found(drawn, **options):
    """``(code, node or edge)`` of each problem."""
    return [(problem.code, problem.node or problem.edge) for problem in problems(drawn, **options)]


def test_a_graph_that_makes_sense_has_no_problems():
    drawn = graph(
        ("start", "start"),
        ("big", "if", {"condition": "payload.total > 100"}),
        ("end", "pass"),
        edges=["start > big", "big.true > end", "big.error > end"],
    )

    assert problems(drawn) == []


def test_a_plugin_that_is_not_there_is_named():
    (problem,) = problems(graph(("start", "start"), ("gone", "acme.sms"), edges=["start > gone"]))

    assert (problem.code, problem.node) == ("unknown_plugin", "gone")
    assert "'acme.sms'" in problem.message


def test_a_plugin_that_could_not_be_imported_tells_why():
    known = registry()
    known.broken.append(Broken("sms", "sms.py cannot be imported: ImportError: no twilio"))

    (problem,) = check(graph(("start", "start"), ("sms", "sms"), edges=["start > sms"]), known)

    assert problem.code == "unknown_plugin"
    assert "no twilio" in problem.message


def test_a_plugin_that_is_switched_off_is_a_problem():
    drawn = graph(("start", "start"), ("act", "act"), edges=["start > act"])

    assert found(drawn, disabled={"act"}) == [("disabled_plugin", "act")]


def test_a_bad_config_is_tied_to_its_field():
    drawn = graph(("start", "start"), ("make", "make", {"times": 10, "nope": 1}), edges=["start > make"])

    places = [(problem.code, problem.node, problem.path) for problem in problems(drawn)]

    assert places == [
        ("bad_config", "make", ("config", "times")),
        ("bad_config", "make", ("config", "nope")),
    ]


def test_a_required_expression_cannot_be_blank():
    drawn = graph(("start", "start"), ("big", "if", {"condition": "  "}), edges=["start > big"])

    (problem,) = problems(drawn)

    assert (problem.code, problem.path) == ("bad_config", ("config", "condition"))


def test_a_faulty_expression_is_shown_with_line_and_column():
    drawn = graph(
        ("start", "start"), ("big", "if", {"condition": "payload.total >\n  > 1"}), edges=["start > big"]
    )

    (problem,) = problems(drawn)

    assert (problem.code, problem.path) == ("bad_expression", ("config", "condition"))
    assert "line 2, column 3" in problem.message


def test_literals_that_never_compare_are_a_warning():
    drawn = graph(("start", "start"), ("big", "if", {"condition": '"50" > 100'}), edges=["start > big"])

    (problem,) = problems(drawn)

    assert (problem.code, problem.severity) == ("compares_text_with_number", "warning")


def test_names_and_ids_are_unique():
    drawn = graph(
        ("start", "start"), ("a", "pass"), ("b", "pass"), edges=["start > a", "a > b"], b={"name": "a"}
    )
    document = drawn.to_document()
    document["edges"][1]["id"] = document["edges"][0]["id"]

    assert found(Graph.from_document(document)) == [
        ("duplicate_name", "a"),
        ("duplicate_name", "b"),
        ("duplicate_id", "e0"),
        ("duplicate_id", "e0"),
    ]


def test_two_nodes_with_one_id_are_a_problem():
    document = graph(("start", "start"), ("a", "pass"), edges=["start > a"]).to_document()
    document["nodes"].append({**document["nodes"][1], "name": "Other"})

    assert ("duplicate_id", "a") in found(Graph.from_document(document))


@pytest.mark.parametrize(
    ("edge", "code"),
    [
        ("start.nope > a", "missing_port"),
        ("start > a.nope", "missing_port"),
        ("start.error > a", "missing_port"),
        ("a > start", "missing_port"),
        ("start > nobody", "unknown_node"),
        ("nobody > a", "unknown_node"),
        ("a > a", "self_edge"),
        ("start > a", "duplicate_edge"),
    ],
)
def test_an_edge_that_makes_no_sense_is_a_problem(edge, code):
    drawn = graph(("start", "start"), ("a", "pass"), edges=["start > a", edge])

    assert (code, "e1") in found(drawn)


def test_a_missing_port_names_those_that_are_there():
    drawn = graph(
        ("start", "start"), ("big", "if", {"condition": "1"}), edges=["start > big", "big.maybe > big"]
    )

    text = next(problem.message for problem in problems(drawn) if problem.code == "missing_port")

    assert text == "“big” has no output port 'maybe' (it has true, false, error)."


def test_ports_follow_the_config():
    drawn = graph(
        ("start", "start"),
        ("fire", "fire", {"ports": ["red", "blue"]}),
        ("end", "pass"),
        edges=["start > fire", "fire.red > end", "fire.green > end"],
    )

    assert found(drawn) == [("missing_port", "e2")]


def test_a_port_from_the_config_cannot_be_called_error():
    drawn = graph(("start", "start"), ("fire", "fire", {"ports": ["error"]}), edges=["start > fire"])

    assert found(drawn) == [("reserved_port", "fire")]


def test_a_circle_is_named_along_its_nodes():
    drawn = graph(
        ("start", "start"),
        ("a", "pass"),
        ("b", "pass"),
        ("c", "pass"),
        ("d", "pass"),
        edges=["start > a", "a > b", "b > c", "c > a", "c > d"],
    )

    (problem,) = problems(drawn)

    assert problem.code == "cycle"
    assert "a → b → c → a" in problem.message


def test_every_circle_is_told():
    drawn = graph(
        ("start", "start"),
        ("a", "pass"),
        ("b", "pass"),
        ("c", "pass"),
        ("d", "pass"),
        edges=["start > a", "a > b", "b > a", "b > c", "c > d", "d > c"],
    )

    assert [code for code, _ in found(drawn)] == ["cycle", "cycle"]


def test_an_edge_cannot_cross_a_loops_border():
    drawn = graph(
        ("start", "start"),
        ("a", "pass"),
        ("b", "pass"),
        edges=["start > a", "a > b"],
        b={"parent": "a"},
    )

    assert found(drawn) == [("unknown_loop", "b"), ("crosses_border", "e1")]
    assert ("unknown_loop", "b") in found(graph(("start", "start"), ("b", "pass"), b={"parent": "nobody"}))


def test_too_many_nodes_are_refused_before_anything_else():
    drawn = graph(*((f"n{number}", "nope") for number in range(6)))

    assert found(drawn, max_nodes=5) == [("too_many_nodes", None)]


def test_a_node_that_no_trigger_leads_to_is_a_warning():
    drawn = graph(("start", "start"), ("a", "pass"), ("b", "pass"), edges=["start > a"])

    (problem,) = problems(drawn)

    assert (problem.code, problem.node, problem.severity) == ("unreachable", "b", "warning")


def test_a_graph_without_trigger_is_a_warning():
    (problem,) = problems(graph(("a", "pass")))

    assert (problem.code, problem.severity) == ("no_trigger", "warning")


def test_a_node_that_is_read_must_be_there_and_lie_before():
    drawn = graph(
        ("start", "start"),
        ("a", "make", {"value": '{{ node("start").total }}'}),
        ("b", "make", {"value": '{{ node("a") }} and {{ node("nobody") }}'}),
        edges=["start > a", "start > b"],
    )

    assert found(drawn) == [("not_before", "b"), ("unknown_node_name", "b")]


def test_an_older_config_is_upgraded_before_it_is_checked():
    class Renamed(Pass):
        """Has renamed a field."""

        version = 2

        class Config(Pass.Config):
            new: int

        @classmethod
        def upgrade(cls, config, from_version):
            config["new"] = config.pop("old")
            return config

    known = registry(renamed=Renamed)
    drawn = graph(
        ("start", "start"), ("a", "renamed", {"old": 1}), edges=["start > a"], a={"plugin_version": 1}
    )
    newer = graph(
        ("start", "start"), ("a", "renamed", {"new": 1}), edges=["start > a"], a={"plugin_version": 3}
    )
    broken = graph(("start", "start"), ("a", "renamed", {}), edges=["start > a"], a={"plugin_version": 1})

    assert check(drawn, known) == []
    assert drawn.nodes[1].config == {"old": 1}  # a stored graph is never rewritten
    assert [problem.code for problem in check(newer, known)] == ["plugin_too_old"]
    assert [problem.code for problem in check(broken, known)] == ["cannot_upgrade"]


class TestBehindARunInBackground:
    """What lies behind the port runs in a run of its own, with an empty payload."""

    def draw(self, *nodes, edges, **config):
        return graph(
            ("start", "start"), ("hand", "background", config), *nodes, edges=["start > hand", *edges]
        )

    def test_a_read_of_the_empty_payload_is_a_problem_with_two_cures(self):
        drawn = self.draw(
            ("tell", "make", {"value": {"text": "{{ payload.name }}: {{ payload.total + payload['x'] }}"}}),
            edges=["hand.output > tell"],
        )

        (problem,) = problems(drawn)
        event, forward = problem.cures

        assert (problem.code, problem.severity, problem.node) == ("payload_is_empty", "error", "tell")
        assert problem.path == ("config", "value", "text")
        assert "payload.name" in problem.message
        assert (event.node, event.path) == ("tell", ("config", "value", "text"))
        assert event.value == (
            "{{ event.properties.name }}: {{ event.properties.total + event.properties['x'] }}"
        )
        assert (forward.node, forward.path, forward.value) == ("hand", ("config", "forward_payload"), True)

    def test_both_cures_cure(self):
        drawn = self.draw(("tell", "if", {"condition": "payload.total > 1"}), edges=["hand.output > tell"])
        (problem,) = problems(drawn)

        for cure in problem.cures:
            document = drawn.to_document()
            node = next(node for node in document["nodes"] if node["id"] == cure.node)
            node[cure.path[0]][cure.path[1]] = cure.value
            assert found(Graph.from_document(document)) == []

    def test_a_field_that_is_evaluated_is_cured_within(self):
        drawn = self.draw(("tell", "make", {"times": {"$expr": "payload.n"}}), edges=["hand.output > tell"])

        (problem,) = problems(drawn)

        assert problem.cures[0].path == ("config", "times", "$expr")
        assert problem.cures[0].value == "event.properties.n"

    @pytest.mark.parametrize(
        "condition",
        [
            "payload == {}",
            "payload.total is defined",
            "payload.total|default(0) > 1",
            "event.properties.total > 1",
        ],
    )
    def test_what_the_empty_payload_can_answer_is_no_problem(self, condition):
        drawn = self.draw(("tell", "if", {"condition": condition}), edges=["hand.output > tell"])

        assert problems(drawn) == []

    def test_the_emptiness_is_passed_on_by_nodes_that_pass_their_payload(self):
        reader = {"condition": "payload.total > 1"}
        drawn = self.draw(
            ("pass", "pass"),
            ("off", "make"),
            ("read", "if", reader),
            ("make", "make"),
            ("safe", "if", reader),
            edges=["hand.output > pass", "pass > off", "off > read", "pass > make", "make > safe"],
        )
        off = drawn.to_document()
        off["nodes"][3]["settings"]["disabled"] = True

        assert found(drawn) == []
        assert found(Graph.from_document(off)) == [("payload_is_empty", "read")]

    def test_an_edge_that_brings_something_ends_it(self):
        drawn = self.draw(
            ("make", "make"),
            ("read", "if", {"condition": "payload.total > 1"}),
            edges=["hand.output > read", "hand.output > make", "make > read"],
        )

        assert found(drawn) == []

    def test_an_edge_from_outside_the_background_run_does_not_help(self):
        drawn = self.draw(
            ("read", "if", {"condition": "payload.total > 1"}), edges=["hand.output > read", "start > read"]
        )

        assert found(drawn) == [("payload_is_empty", "read"), ("runs_on_both_sides", "read")]

    def test_the_error_port_stays_in_the_foreground_with_its_value(self):
        drawn = self.draw(("tell", "if", {"condition": "payload.message"}), edges=["hand.error > tell"])

        assert problems(drawn) == []

    def test_a_node_reached_from_both_sides_is_a_warning_where_they_meet(self):
        drawn = self.draw(
            ("meet", "pass"),
            ("behind", "pass"),
            edges=["hand.output > meet", "start > meet", "meet > behind"],
        )

        (problem,) = problems(drawn)

        assert (problem.code, problem.node, problem.severity) == ("runs_on_both_sides", "meet", "warning")

    def test_a_disabled_one_hands_nothing_over(self):
        document = self.draw(
            ("read", "if", {"condition": "payload.total > 1"}), edges=["hand.output > read", "start > read"]
        ).to_document()
        document["nodes"][1]["settings"]["disabled"] = True

        assert found(Graph.from_document(document)) == []
