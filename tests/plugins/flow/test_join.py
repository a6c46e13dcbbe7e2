"""Join: several payloads become one."""

import pytest

from flowstudio.testing import run_plugin
from plugins.flow.join import Join


def joined(mode, *arrivals):
    return run_plugin(Join, {"mode": mode} if mode else {}, arrivals=arrivals).outputs["payload"]


def test_objects_merge_and_the_later_edge_wins():
    assert joined(None, ("A", {"x": 1, "y": 1}), ("B", {"y": 2})) == {"x": 1, "y": 2}


def test_other_values_merge_to_a_list():
    assert joined("merge", ("A", "one"), ("B", {"y": 2})) == ["one", {"y": 2}]


def test_one_payload_stays_what_it_is():
    assert joined("merge", ("A", [1])) == [1]


def test_keyed_names_the_node_of_each_payload():
    assert joined("keyed", ("Stock", 3), ("Price", 9.5)) == {"Stock": 3, "Price": 9.5}


def test_list_keeps_the_order_of_the_edges_and_lists_a_single_one_too():
    assert joined("list", ("B", 2), ("A", 1)) == [2, 1]
    assert joined("list", ("A", 1)) == [1]


def test_first_hands_on_what_came_first():
    assert joined("first", ("A", "fast"), ("B", "slow")) == "fast"


@pytest.mark.parametrize("mode", ["merge", "keyed", "list"])
def test_only_first_goes_on_before_all_have_arrived(mode):
    assert Join.on_first_arrival(Join.Config(mode="first"))
    assert not Join.on_first_arrival(Join.Config(mode=mode))
