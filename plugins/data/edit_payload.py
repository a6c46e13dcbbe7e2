"""Change the fields of a payload."""

from flowstudio.plugin import Data, Field, NodeConfig, NodeFailed, Plugin, Port


class EditPayload(Plugin):
    """Sets, renames and removes fields of the payload, in this order.

    A path leads through objects by name and through lists by number, joined by dots: `customer.name`,
    `items.0.price`. Objects that a path needs are made on the way. A payload that is null counts as an
    empty object.
    """

    name, group, icon = "Edit payload", "Data", "pencil"
    outputs = (Port("payload", "The changed payload.", type="object"),)
    effects = False
    errors = {
        "Not an object": "The payload is a text, number, truth value or list, so it has no fields.",
        "No such path": "A field to rename is not there, or a path leads through something that is neither "
        "an object nor a list that long.",
    }

    class Config(NodeConfig):
        set: Data = Field(
            default={},
            title="Set",
            description="An object of paths and their new values, which may be expressions.",
            examples=[{"customer.vip": True, "total": "{{ payload.net * 1.2 }}"}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )
        rename: dict[str, str] = Field(
            default={},
            title="Rename",
            description="An object of paths and the paths that their values move to.",
            examples=[{"mail": "customer.email"}],
        )
        remove: list[str] = Field(
            default=[],
            title="Remove",
            description="Paths to take away. One that is not there is passed over.",
            examples=[["password", "customer.card"]],
        )

    def run(self, payload):
        changed = {} if payload is None else payload
        if not isinstance(changed, dict):
            raise NodeFailed(f"The payload is no object, so it has no fields to edit: {_word(payload)}.")
        for path, value in self._new_values().items():
            changed = _put(changed, path.split("."), value, path)
        for path, target in self.config.rename.items():
            value = _get(changed, path)
            changed = _put(_take(changed, path.split(".")), target.split("."), value, target)
        for path in self.config.remove:
            changed = _take(changed, path.split("."))
        return "payload", changed

    def _new_values(self):
        values = self.config.set
        if values in (None, ""):
            return {}
        if not isinstance(values, dict):
            raise NodeFailed(f"Set must be an object of paths and values, not {_word(values)}.")
        return values


# Each of the following returns a new value and copies only what lies on the path: payloads are shared.


def _get(value, path):
    for key in path.split("."):
        if not _has(value, key):
            raise NodeFailed(f"The payload has no {path!r} to rename.")
        value = value[_key(value, key)]
    return value


def _put(value, keys, new, path):
    if not keys:
        return new
    key, *rest = keys
    if isinstance(value, dict):
        return {**value, key: _put(value.get(key, {}), rest, new, path)}
    if not _has(value, key):
        raise NodeFailed(f"{path!r} cannot be set: there is no {key!r} in {_word(value)}.")
    index = int(key)
    return [*value[:index], _put(value[index], rest, new, path), *value[index + 1 :]]


def _take(value, keys):
    key, *rest = keys
    if not _has(value, key):
        return value
    key = _key(value, key)
    if rest:
        copy = value.copy()
        copy[key] = _take(value[key], rest)
        return copy
    if isinstance(value, dict):
        return {name: item for name, item in value.items() if name != key}
    return [*value[:key], *value[key + 1 :]]


def _has(value, key):
    if isinstance(value, list):
        return key.isascii() and key.isdigit() and int(key) < len(value)
    return isinstance(value, dict) and key in value


def _key(value, key):
    return int(key) if isinstance(value, list) else key


def _word(value):
    words = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return words.get(type(value), "a number")
