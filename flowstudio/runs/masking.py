"""Keeps secrets out of what people see of a run: values under secret-looking keys, wherever they turn up.

What nodes work on and what the journal holds stays true; only what a trace keeps is masked, before it leaves
the process. One scan of a payload's bytes decides whether it has to be walked at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeAlias

import re2

from flowstudio.conf import settings
from flowstudio.engine import values
from flowstudio.engine.values import JSON

MASK: Final = "•••"
KEYS: Final = (
    "*password",
    "*passwd",
    "passphrase",
    "*secret",
    "secret_key",
    "token",
    "access_token",
    "auth_token",
    "bearer_token",
    "csrf_token",
    "id_token",
    "refresh_token",
    "session_token",
    "*api_key",
    "apikey",
    "authorization",
    "proxy_authorization",
    "cookie",
    "set_cookie",
    "private_key",
    "card_number",
    "cvc",
    "cvv",
)
"""Case does not count, nor whether words are joined by ``-``, ``_`` or nothing; ``*`` is any beginning."""

SHORTEST: Final = 6
"""Characters of a secret that is looked for elsewhere; a shorter one would be found in any text."""
KEPT_SECRETS: Final = 200
KEPT_PATHS: Final = 100
KEPT_KEYS: Final = 4_096

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The keys of an installation as patterns."""

    scan: Any  # re2.Set on bytes: finds, in JSON text, all that the other two find in the value, and more
    key: Any
    text: Any
    _known: dict[str, bool] = field(default_factory=dict)

    def is_secret(self, key: str) -> bool:
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT_KEYS:
                self._known.clear()
            found = self._known[key] = self.key.fullmatch(key) is not None
        return found


def rules() -> Rules:
    return _rules(tuple(settings.MASK_KEYS))


@lru_cache(maxsize=8)
def _rules(more: tuple[str, ...]) -> Rules:
    keys = "|".join(_pattern(key) for key in (*KEYS, *more))
    ends = "|".join(_pattern(key.lstrip("*")) for key in (*KEYS, *more))
    user = r"://[^/\s:@\"]*:"
    before = r"[\"'\\]{0,8} {0,3}[:=]"
    options = re2.Options()
    options.never_capture = True
    scan = re2.Set.SearchSet(options)
    scan.Add(rf"(?i)(?:{ends}){before}|{user}[^/\s@\"]+@|bearer\s".encode())
    scan.Compile()
    scheme = r"(?:(?:bearer|basic|digest|token) +)?"
    value = rf"\\?\"[^\"]*\"|'[^']*'|{scheme}[^\s\"',;&}}]+"
    return Rules(
        scan=scan,
        key=re2.compile(f"(?i)(?:{keys})"),
        text=re2.compile(
            rf"(?i)((?:^|[^\w-])(?:{keys}){before} *)(?:{value})"
            rf"|({user})[^/\s@\"]+@"
            r"|(\bbearer\s+)[\w.~+/=-]{8,}"
        ),
    )


def _pattern(key: str) -> str:
    """``api_key`` as a pattern for api_key, api-key, API-Key and apiKey."""
    words = [re.escape(word) for word in re.split("[-_]", key)]
    return "[-_]?".join(words).replace(r"\*", r"[\w-]{0,40}")


@dataclass(slots=True)
class Secrets:
    """What was seen under secret keys in one run, to find it in other payloads, in log lines and messages."""

    _texts: dict[str, bytes] = field(default_factory=dict)  # → as it stands in JSON text; oldest first

    def note(self, value: JSON) -> None:
        """Take in each text and number below a secret key."""
        waiting = [value]
        for item in waiting:  # grows while it is walked
            if isinstance(item, dict):
                waiting += item.values()
            elif isinstance(item, list):
                waiting += item
            elif not isinstance(item, bool | None):
                self._note_text(item if isinstance(item, str) else str(item))

    def _note_text(self, text: str) -> None:
        if len(text) < SHORTEST or text == MASK:
            return
        self._texts.pop(text, None)
        self._texts[text] = values.encode(text)[1:-1]
        if len(self._texts) > KEPT_SECRETS:
            del self._texts[next(iter(self._texts))]

    def are_in(self, data: bytes) -> bool:
        return bool(self._texts) and any(encoded in data for encoded in list(self._texts.values()))

    def are_in_text(self, text: str) -> bool:
        return len(text) >= SHORTEST and any(secret in text for secret in list(self._texts))

    def replaced(self, text: str) -> str:
        """``text`` with each known secret masked, also where it stands quoted."""
        for secret in sorted(self._texts, key=len, reverse=True):
            for form in (secret, values.encode(secret)[1:-1].decode(), repr(secret)[1:-1]):
                if form in text:
                    text = text.replace(form, MASK)
        return text


@dataclass(slots=True)
class Masker:
    """Masks what one run shows. ``secrets`` grows with each payload that it is given."""

    secrets: Secrets = field(default_factory=Secrets)
    _rules: Rules = field(default_factory=rules)

    def payload(self, value: JSON, data: bytes) -> tuple[JSON, list[Path]]:
        """The value as it may be shown, and the paths that were masked; itself where there is nothing."""
        if not self._rules.scan.Match(data) and not self.secrets.are_in(data):
            return value, []
        return self._walked(value)

    def text(self, text: str) -> str:
        """A log line or message as it may be shown."""
        return self.secrets.replaced(self._rules.text.sub(_masked_match, text))

    def value(self, value: JSON) -> JSON:
        """A small value of texts that were made here, such as an error."""
        return self._walked(value)[0]

    def note(self, data: bytes) -> None:
        """Learn the secrets of a payload that is not shown."""
        if self._rules.scan.Match(data):
            self._note_below(values.loads(data))

    def _walked(self, value: JSON) -> tuple[JSON, list[Path]]:
        self._note_below(value)  # first: a secret may stand before its key in the same payload
        paths: list[Path] = []
        return self._masked(value, (), paths), paths

    def _note_below(self, value: JSON) -> None:
        waiting = [value]
        for item in waiting:
            if isinstance(item, dict):
                for key, child in item.items():
                    if self._rules.is_secret(key):
                        self.secrets.note(child)
                    else:
                        waiting.append(child)
            elif isinstance(item, list):
                waiting += item

    def _masked(self, value: JSON, path: Path, paths: list[Path]) -> JSON:
        if isinstance(value, dict):
            return {key: self._member(key, child, (*path, key), paths) for key, child in value.items()}
        if isinstance(value, list):
            return [self._masked(child, (*path, index), paths) for index, child in enumerate(value)]
        if isinstance(value, str) and (text := self._text_of(value)) != value:
            paths.append(path)
            return text
        return value

    def _text_of(self, text: str) -> str:
        """As ``text``, but quick where there is nothing, as in most texts of a payload."""
        may_match = ":" in text or "=" in text or "bearer" in text.lower()
        if (may_match and self._rules.scan.Match(text.encode())) or self.secrets.are_in_text(text):
            return self.text(text)
        return text

    def _member(self, key: str, child: JSON, path: Path, paths: list[Path]) -> JSON:
        if child is None or not self._rules.is_secret(key):
            return self._masked(child, path, paths)
        paths.append(path)
        return MASK


def _masked_match(match: Any) -> str:
    key, user, bearer = match.group(1), match.group(2), match.group(3)
    if user is not None:
        return f"{user}{MASK}@"
    return f"{key or bearer}{MASK}"


def stand_ins(value: JSON) -> list[Path]:
    """Where a masked value stands in for the true one: nothing may run with it."""
    found: list[Path] = []
    waiting: list[tuple[Path, JSON]] = [((), value)]
    for path, item in waiting:
        if isinstance(item, Mapping):
            waiting += [((*path, key), child) for key, child in item.items()]
        elif isinstance(item, list):
            waiting += [((*path, index), child) for index, child in enumerate(item)]
        elif isinstance(item, str) and MASK in item:
            found.append(path)
    return found


def shown_path(path: Sequence[str | int]) -> str:
    """``items[0].token``, for messages."""
    parts: Iterable[str] = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
