"""Makes request messages from the arguments of methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, Literal, TypeVar

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk.money import Money

_M = TypeVar("_M", bound=Message)
_UNSPECIFIED = "UNSPECIFIED"
_TYPES: dict[int, type] = {
    FieldDescriptor.TYPE_STRING: str,
    FieldDescriptor.TYPE_BYTES: bytes,
    FieldDescriptor.TYPE_BOOL: bool,
    FieldDescriptor.TYPE_INT32: int,
    FieldDescriptor.TYPE_INT64: int,
    FieldDescriptor.TYPE_UINT32: int,
    FieldDescriptor.TYPE_UINT64: int,
}
_EXPECTED = {
    "str": "a str",
    "bytes": "bytes or a str",
    "bool": "a bool",
    "int": "an int",
    v1.Money.DESCRIPTOR.full_name: "a Money",
    Timestamp.DESCRIPTOR.full_name: "a datetime with a time zone",
    Duration.DESCRIPTOR.full_name: "a timedelta",
}


class _NotGiven(Enum):
    NOT_GIVEN = "not given"

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NotGiven = Literal[_NotGiven.NOT_GIVEN]
"""The type of `NOT_GIVEN`."""
NOT_GIVEN: Final = _NotGiven.NOT_GIVEN
"""The default of an update's parameters: the field keeps its value."""


def build(kind: type[_M], arguments: Mapping[str, object], inlined: str | None = None) -> _M:
    """Returns a message with the arguments as its fields. None counts as an argument not given.

    `inlined` names the field whose message's fields are arguments as well.
    """
    request = kind()
    given = {name: value for name, value in arguments.items() if _is_given(request, name, value, inlined)}
    inner = [name for name in given if name not in request.DESCRIPTOR.fields_by_name]
    for name, value in given.items():
        if name not in inner:
            _set(request, name, value)
    if inlined and inner:
        if other := _taken(request, inlined):
            raise ValueError(f"{other} can't be given together with {', '.join(inner)}")
        message = getattr(request, inlined)
        message.SetInParent()
        for name in inner:
            _set(message, name, given[name])
    return request


def build_update(kind: type[_M], arguments: Mapping[str, object], inlined: str) -> _M:
    """Returns the request of an update, whose mask names the arguments that are given.

    None clears a field. Only fields that are messages accept it.
    """
    request: Any = kind()
    resource = getattr(request, inlined)
    for name, value in arguments.items():
        if value is NOT_GIVEN:
            continue
        if name in request.DESCRIPTOR.fields_by_name:
            _set(request, name, value)
            continue
        if name != "id":
            request.update_mask.paths.append(name)
        if value is not None or not _is_clearable(resource, name):
            _set(resource, name, value)
    return request  # type: ignore[no-any-return]


def message(kind: type[_M], item: Mapping[str, object] | _M, inlined: str | None) -> _M:
    """Returns an item of a batch or stream as its message."""
    if isinstance(item, kind):
        return item
    if not isinstance(item, Mapping):
        raise TypeError(f"an item must be a dictionary or a {kind.__name__}, not {_name(item)}")
    return build(kind, item, inlined)


def _is_given(request: Message, name: str, value: object, inlined: str | None) -> bool:
    """Returns whether the argument is to be set."""
    fields = request.DESCRIPTOR.fields_by_name
    if name not in fields and inlined:
        fields = getattr(request, inlined).DESCRIPTOR.fields_by_name
    if name not in fields or name == inlined:
        raise TypeError(f"there is no parameter {name!r}")
    return value is not None and not (value is False and not fields[name].has_presence)


def _is_clearable(resource: Message, name: str) -> bool:
    field = resource.DESCRIPTOR.fields_by_name[name]
    return field.message_type is not None and not field.is_repeated


def _taken(request: Message, name: str) -> str | None:
    """Returns the field that is already set in the oneof of this field; None if there is none."""
    group = request.DESCRIPTOR.fields_by_name[name].containing_oneof
    return request.WhichOneof(group.name) if group else None


def _set(message: Any, name: str, value: object) -> None:
    field = message.DESCRIPTOR.fields_by_name[name]
    if other := _taken(message, name):
        raise ValueError(f"only one of {other}, {name} can be given")
    try:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            getattr(message, name).update(value)
        elif field.is_repeated:
            getattr(message, name).extend([_converted(field, item) for item in _items(value)])
        elif field.message_type is not None:
            getattr(message, name).CopyFrom(_converted(field, value))
        else:
            setattr(message, name, _converted(field, value))
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def _items(value: Any) -> Iterable[object]:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"a list is expected, not {_name(value)}")
    return value  # type: ignore[no-any-return]


def _converted(field: FieldDescriptor, value: Any) -> Any:
    """Returns the value as the field's type."""
    if field.message_type is not None:
        return _message(field.message_type, value)
    if field.enum_type is not None:
        return _number(field.enum_type, value)
    if field.type == FieldDescriptor.TYPE_BYTES and isinstance(value, str):
        return value.encode()
    expected = _TYPES[field.type]
    # A bool is an int.
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        raise TypeError(f"{_EXPECTED[expected.__name__]} is expected, not {_name(value)}")
    return value


def _message(descriptor: Descriptor, value: Any) -> Message:
    kind = descriptor.full_name
    if isinstance(value, Message) and value.DESCRIPTOR.full_name == kind:
        return value
    if isinstance(value, Money) and kind == v1.Money.DESCRIPTOR.full_name:
        return value.to_message()
    if isinstance(value, datetime) and kind == Timestamp.DESCRIPTOR.full_name:
        return _timestamp(value)
    if isinstance(value, timedelta) and kind == Duration.DESCRIPTOR.full_name:
        duration = Duration()
        duration.FromTimedelta(value)
        return duration
    inner = descriptor.fields
    if len(inner) == 1 and inner[0].is_repeated and not isinstance(value, Message):
        # The message is only a list.
        made: type[Message] = getattr(v1, descriptor.name)
        return build(made, {inner[0].name: value})
    raise TypeError(f"{_EXPECTED.get(kind, f'a v1.{descriptor.name}')} is expected, not {_name(value)}")


def _timestamp(value: datetime) -> Timestamp:
    if value.utcoffset() is None:
        raise ValueError("the datetime has no time zone: give it one, such as datetime.now(timezone.utc)")
    timestamp = Timestamp()
    timestamp.FromDatetime(value)
    return timestamp


def _number(enum: EnumDescriptor, value: Any) -> int:
    """Returns the number of a value, or of its name with or without the enum's prefix."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError(f"a value of {enum.name} or its name is expected, not {_name(value)}")
    if isinstance(value, int):
        return value
    prefix = enum.values[0].name.removesuffix(_UNSPECIFIED)
    found = enum.values_by_name.get(prefix + str(value)) or enum.values_by_name.get(str(value))
    if found is None:
        names = [name.removeprefix(prefix) for name in enum.values_by_name if name != prefix + _UNSPECIFIED]
        raise ValueError(f"{str(value)!r} is none of {', '.join(names)}")
    return found.number


def _name(value: object) -> str:
    return type(value).__name__
