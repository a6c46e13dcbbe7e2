"""MemoryStore against a model of a few lines, with a clock that jumps."""

from hypothesis import given
from hypothesis import strategies as st

from flowstudio.engine.stores import MemoryStore

KEYS = st.sampled_from(["a", "b"])
SECONDS = st.none() | st.integers(1, 5)
CALLS = st.tuples(st.sampled_from(["get", "put", "delete", "count", "once", "wait"]), KEYS, SECONDS)


@given(st.lists(CALLS, max_size=30))
def test_it_answers_as_a_dict_with_expiry_would(calls):
    now, kept = 0, {}
    store = MemoryStore(lambda: now)
    for call, key, seconds in calls:
        kept = {k: (v, until) for k, (v, until) in kept.items() if until is None or until > now}
        until = None if seconds is None else now + seconds
        if call == "wait":
            now += seconds or 1
        elif call == "get":
            assert store.get(key, "none") == kept.get(key, ("none", None))[0]
        elif call == "put":
            store.put(key, 7, seconds=seconds)
            kept[key] = 7, until
        elif call == "delete":
            store.delete(key)
            kept.pop(key, None)
        elif call == "once":
            assert store.once(key, seconds=seconds) == (key not in kept)
            kept.setdefault(key, (True, until))
        elif type(kept.get(key, (0, None))[0]) is int:
            number, old = kept.get(key, (0, until))
            kept[key] = number + 2, old
            assert store.count(key, 2, seconds=seconds) == number + 2
