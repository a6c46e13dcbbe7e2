"""Model fields: JSON kept as the bytes orjson wrote (never jsonb: it reorders keys and refuses NUL)."""

from typing import Any

import orjson
from django.db import models


class ValueField(models.BinaryField):
    """A small JSON value, read and written as Python; large payloads use a plain BinaryField."""

    # What django-stubs takes for the type of the attribute
    _pyi_private_get_type: Any
    _pyi_private_set_type: Any

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else orjson.loads(bytes(value))

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else super().get_prep_value(orjson.dumps(value))

    def to_python(self, value: Any) -> Any:
        return orjson.loads(value) if isinstance(value, bytes) else value

    def value_to_string(self, obj: Any) -> str:
        return orjson.dumps(self.value_from_object(obj)).decode()
