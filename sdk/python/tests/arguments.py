"""Maps a call and its request in JSON to a method and its arguments, by the rules of all SDKs."""

import base64
import re
from collections.abc import Iterator
from datetime import timezone
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import Money, v1

RECORD = "ConversionService/RecordConversion"
WHOLE_NUMBERS = {
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT32,
    FieldDescriptor.TYPE_UINT64,
}


def snake(name: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def member(service: str) -> str:
    """Returns the client's member for a service, such as `api_keys` for `ApiKeyService`."""
    return snake(service.removesuffix("Service")) + "s"


def method_name(path: str) -> str:
    """Returns the method of a call, such as `clicks.get` for `ClickService/GetClick`."""
    service, _, call = path.partition("/")
    noun = service.removesuffix("Service")
    short = re.sub(f"(?<!^){noun}s?$", "", call)
    return f"{member(service)}.{snake(short)}"


def arguments(path: str, request: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments of a call's method.

    For an update, only the id and the fields in the mask are arguments.
    """
    descriptor = getattr(v1, f"{path.partition('/')[2]}Request").DESCRIPTOR
    made: dict[str, Any] = {}
    mask = {snake(name) for name in request.get("updateMask", "").split(",")} | {"id"}
    for field, value in fields(descriptor, request):
        if field.name == "update_mask":
            continue
        if not is_inlined(path, field):
            made[field.name] = native(field, value)
            continue
        for inner, inner_value in fields(field.message_type, value):
            if "Update" not in path or inner.name in mask:
                made[inner.name] = native(inner, inner_value)
    return made


def fields(descriptor: Descriptor | None, message: dict[str, Any]) -> Iterator[tuple[FieldDescriptor, Any]]:
    assert descriptor
    by_json_name = {field.json_name: field for field in descriptor.fields}
    for name, value in message.items():
        yield by_json_name[name], value


def is_inlined(path: str, field: FieldDescriptor) -> bool:
    """Returns whether the field's message's fields are arguments in its place."""
    service, _, call = path.partition("/")
    noun = service.removesuffix("Service")
    name = field.message_type.name if field.message_type else ""
    is_resource = name == noun and call.startswith(("Create", "Update"))
    return is_resource or name == f"New{noun}" or name.endswith("Filter")


def native(field: FieldDescriptor, value: Any) -> Any:
    if field.message_type and field.message_type.GetOptions().map_entry:
        return value
    if field.is_repeated:
        return [native_item(field, item) for item in value]
    return native_item(field, value)


def native_item(field: FieldDescriptor, value: Any) -> Any:
    if field.message_type:
        return native_message(field.message_type, value)
    if field.enum_type:
        return value.removeprefix(f"{snake(field.enum_type.name).upper()}_")
    if field.type == FieldDescriptor.TYPE_BYTES:
        return base64.b64decode(value)
    return int(value) if field.type in WHOLE_NUMBERS else value


def native_message(descriptor: Descriptor, value: Any) -> Any:
    if descriptor.name == "RecordConversionRequest":
        return arguments(RECORD, value)
    message: Message = ParseDict(value, GetMessageClass(descriptor)())
    match message:
        case v1.Money():
            return Money.from_message(message)
        case v1.PostbackIds():
            return list(message.ids)
        case Timestamp():
            return message.ToDatetime(timezone.utc)
        case Duration():
            return message.ToTimedelta()
    return message
