"""News: heard after the commit by whoever listens, and a listener that fails harms nobody."""

import pytest
from django.db import transaction

from flowstudio.ids import new_id
from flowstudio.runs import news


@pytest.fixture
def heard():
    found = []
    unsubscribe = news.subscribe(found.append)
    yield found
    unsubscribe()


def test_everybody_who_listens_hears(heard):
    run = new_id()

    news.publish(run, run, 7, new_id())

    assert [(item.run, item.seq, item.ended) for item in heard] == [(run, 7, False)]


def test_a_listener_that_fails_does_not_keep_others_from_hearing(caplog, heard):
    unsubscribe = news.subscribe(lambda item: 1 / 0)
    also_heard = []
    unsubscribe_too = news.subscribe(also_heard.append)

    news.publish(new_id(), new_id(), 1, new_id())
    unsubscribe()
    unsubscribe_too()

    assert len(heard) == len(also_heard) == 1
    assert "A listener for news of runs failed" in caplog.text


def test_after_unsubscribing_nothing_is_heard():
    found = []
    news.subscribe(found.append)()

    news.publish(new_id(), new_id(), 1, new_id())

    assert found == []


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_makes_no_news(heard):
    with pytest.raises(RuntimeError), transaction.atomic():
        news.publish_on_commit(new_id(), new_id(), 1, new_id())
        raise RuntimeError

    with transaction.atomic():
        news.publish_on_commit(new_id(), new_id(), 2, new_id())
        assert heard == []

    assert [item.seq for item in heard] == [2]
