"""Times as the API and nodes see them: ISO 8601, UTC, with Z."""

from datetime import UTC, datetime


def iso(time: datetime | None) -> str | None:
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
