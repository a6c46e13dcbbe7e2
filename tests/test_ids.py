"""Row ids: UUIDs of version 7 that sort in the order they were made."""

import time
import uuid

from flowstudio import ids


def test_an_id_is_a_uuid_of_version_7_that_holds_its_time():
    before = time.time_ns() // 1_000_000

    found = ids.new_id()

    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert before <= found.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_of_one_process_sort_in_the_order_they_were_made():
    made = [ids.new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_clock_that_is_set_back_does_not_disturb_the_order(monkeypatch):
    before = ids.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)

    assert ids.new_id() > before
