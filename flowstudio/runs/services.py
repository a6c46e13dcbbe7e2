"""What the context of a plugin offers beside the run: made when a plugin first asks for it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flowstudio.runs import egress, stores


class Services(Mapping[str, Any]):
    """The services of one runner. They belong to its event loop."""

    def __init__(self, **more: Callable[[], Any]) -> None:
        self._makers: dict[str, Callable[[], Any]] = {
            "http": egress.client,
            "store": lambda: stores.store_of,
            **more,
        }
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    async def close(self) -> None:
        for made in self._made.values():
            if hasattr(made, "aclose"):
                await made.aclose()
        self._made.clear()
