"""Log: a line in the step's log."""

from flowstudio.testing import run_plugin
from plugins.debug.log import Log


def test_the_line_is_written_and_the_payload_goes_on():
    result = run_plugin(Log, {"message": "Total is {{ payload.total }}"}, {"total": 9})

    assert result.log == ["Total is 9"]
    assert result.outputs == {"payload": {"total": 9}}
