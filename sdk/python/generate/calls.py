"""The methods of the thin layer, read from the schema by the rules that all SDKs share.

- A service is a member of the client: its noun in the plural, `conversion_codes`.
- A call is a method: the call's name without the service's noun at its end, `ListConversionCodes`
  becomes `list`.
- The fields of the request are the parameters. If a field is the service's own resource, a new
  resource such as `NewConversion`, or a filter, the fields within it are parameters instead.
- An update takes the id and the fields to change, and makes the mask from them.
- A list yields the items of all pages.
- A call that answers with a stream, and goes on behind a resume token, yields all messages. Its filter
  has no times.
"""

import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from google.api.field_behavior_pb2 import IDENTIFIER, OUTPUT_ONLY, REQUIRED, field_behavior
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

# The extension has no type stubs.
FIELD_BEHAVIOR: Any = field_behavior
# Names that parameters can't have, because every method has them already.
TAKEN = {"self", "timeout"}
# Fields of filters that no stream can have.
TIMES = {"time", "start_time", "end_time"}
# The path of a comment is a list of pairs: a field number and an index. These are the field numbers
# for a file's messages, enums and services, and for the fields, values and calls within them.
MESSAGES, ENUMS, SERVICES = 4, 5, 6
INNER = 2


class Kind(Enum):
    """The shapes of methods."""

    UNARY = "unary"
    UPDATE = "update"
    LIST = "list"
    STREAM = "stream"
    WATCH = "watch"


@dataclass(frozen=True)
class Parameter:
    """A parameter of a method: a field of the request, or of the message that is inlined."""

    field: FieldDescriptorProto
    comment: str
    is_inlined: bool
    is_required: bool
    # To omit the field means something other than to set its default value, as in a oneof.
    has_presence: bool

    @property
    def name(self) -> str:
        """Name of the parameter and of its field."""
        return self.field.name


@dataclass(frozen=True)
class Call:
    """A call of the schema, as a method."""

    rpc: MethodDescriptorProto
    full_name: str
    kind: Kind
    method: str
    comment: str
    request: str
    response: str
    response_comment: str
    # Name of the field whose message's fields are parameters, and its comment.
    inlined: str | None
    inlined_comment: str
    # Other fields of the oneof that the inlined field belongs to.
    alternatives: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    # Field name and message type of a list's items, or of the one message in each response of a
    # stream.
    items: tuple[str, str] | None
    # Field name and message type of the one message in each request of a stream.
    item_request: tuple[str, str] | None


@dataclass(frozen=True)
class Service:
    """A service of the schema, as a member of the client."""

    name: str
    module: str
    member: str
    comment: str
    calls: tuple[Call, ...]

    @property
    def has_watch(self) -> bool:
        """A call of the service is a stream that goes on by itself."""
        return any(call.kind is Kind.WATCH for call in self.calls)

    @property
    def class_name(self) -> str:
        """Name of the class: the noun in the plural."""
        return plural(noun(self.name))


class Schema:
    """Messages, enums and services, with their comments."""

    def __init__(self, files: list[FileDescriptorProto]) -> None:
        """Reads the files."""
        self.messages: dict[str, DescriptorProto] = {}
        self.enums: dict[str, EnumDescriptorProto] = {}
        self._comments: dict[str, str] = {}
        services: list[tuple[str, ServiceDescriptorProto]] = []
        for file in files:
            package = f".{file.package}."
            self._read_comments(file)
            self.messages |= {package + message.name: message for message in file.message_type}
            self.enums |= {package + enum.name: enum for enum in file.enum_type}
            services += [(file.name.rpartition("/")[2].removesuffix(".proto"), service) for service in file.service]
        self.services = [
            self._service(module, service) for module, service in sorted(services, key=lambda found: found[1].name)
        ]

    def comment(self, *names: str) -> str:
        """Returns the comment of an element, such as `comment("Money", "micros")`.

        Each paragraph is one line."""
        return self._comments.get(".".join(names), "")

    def item_calls(self) -> Iterator[tuple[Service, Call]]:
        """Yields each call whose request can also be an item of another call's request."""
        used = {
            field.type_name
            for message in self.messages.values()
            for field in message.field
            if field.type == FieldDescriptorProto.TYPE_MESSAGE
        }
        for service in self.services:
            for call in service.calls:
                if call.rpc.input_type in used:
                    yield service, call

    def _read_comments(self, file: FileDescriptorProto) -> None:
        names: dict[tuple[int, ...], str] = {}
        for at, message in enumerate(file.message_type):
            names[MESSAGES, at] = message.name
            for inner, field in enumerate(message.field):
                names[MESSAGES, at, INNER, inner] = f"{message.name}.{field.name}"
        for at, enum in enumerate(file.enum_type):
            names[ENUMS, at] = enum.name
            for inner, value in enumerate(enum.value):
                names[ENUMS, at, INNER, inner] = f"{enum.name}.{value.name}"
        for at, service in enumerate(file.service):
            names[SERVICES, at] = service.name
            for inner, rpc in enumerate(service.method):
                names[SERVICES, at, INNER, inner] = f"{service.name}.{rpc.name}"
        for location in file.source_code_info.location:
            if name := names.get(tuple(location.path)):
                self._comments[name] = paragraphs(location.leading_comments)

    def _service(self, module: str, service: ServiceDescriptorProto) -> Service:
        calls = tuple(self._call(service.name, rpc) for rpc in service.method)
        methods = [call.method for call in calls]
        if len(set(methods)) != len(methods):
            sys.exit(f"{service.name}: two calls have the same method name")
        return Service(service.name, module, snake(plural(noun(service.name))), self.comment(service.name), calls)

    def _call(self, service: str, rpc: MethodDescriptorProto) -> Call:
        resource = noun(service)
        request, response = self.messages[rpc.input_type], self.messages[rpc.output_type]
        kind = kind_of(rpc, request)
        inlined = self._inlined(resource, rpc, request, kind)
        items = item_request = None
        if kind is Kind.LIST:
            items = only_message(response, repeated=True)
        elif kind is Kind.STREAM:
            items, item_request = only_message(response), only_message(request)
        return Call(
            rpc,
            f"{rpc.input_type.rpartition('.')[0].lstrip('.')}.{service}.{rpc.name}",
            kind,
            method_name(resource, rpc.name),
            self.comment(service, rpc.name),
            request.name,
            response.name,
            self.comment(response.name),
            inlined.name if inlined else None,
            self.comment(request.name, inlined.name) if inlined else "",
            tuple(
                field.name
                for field in request.field
                if inlined and is_in_oneof(inlined) and is_in_oneof(field)
                if field.oneof_index == inlined.oneof_index and field.name != inlined.name
            ),
            self._parameters(f"{service}.{rpc.name}", request, inlined, kind),
            items,
            item_request,
        )

    def _inlined(
        self, resource: str, rpc: MethodDescriptorProto, request: DescriptorProto, kind: Kind
    ) -> FieldDescriptorProto | None:
        found = []
        for field in request.field:
            message = simple_name(field) if field.type_name in self.messages else ""
            is_own = message == resource and (kind is Kind.UPDATE or rpc.name.startswith("Create"))
            is_single = field.label != FieldDescriptorProto.LABEL_REPEATED
            if is_single and (is_own or message == f"New{resource}" or message.endswith("Filter")):
                found.append(field)
        if len(found) > 1:
            sys.exit(f"{rpc.name}: more than one field has fields that are parameters")
        return found[0] if found else None

    def _parameters(
        self, call: str, request: DescriptorProto, inlined: FieldDescriptorProto | None, kind: Kind
    ) -> tuple[Parameter, ...]:
        skipped = {Kind.UPDATE: {"update_mask"}, Kind.LIST: {"page_token"}}.get(kind, set())
        parameters: list[Parameter] = []
        for field in request.field:
            if inlined is not None and field.name == inlined.name:
                parameters += self._inlined_parameters(self.messages[inlined.type_name], kind)
            elif field.name not in skipped:
                comment = self.comment(request.name, field.name)
                required = has(field, REQUIRED)
                parameters.append(Parameter(field, comment, False, required, has_presence(field)))
        names = [parameter.name for parameter in parameters]
        for name in names:
            if names.count(name) > 1 or name in TAKEN or keyword.iskeyword(name):
                sys.exit(f"{call}: the name of the parameter {name} clashes")
        return tuple(parameters)

    def _inlined_parameters(self, message: DescriptorProto, kind: Kind) -> Iterator[Parameter]:
        for field in message.field:
            is_id = has(field, IDENTIFIER)
            if has(field, OUTPUT_ONLY) or (is_id and kind is not Kind.UPDATE):
                continue
            # A stream begins where its resume token says, so the server refuses them in its filter.
            if kind is Kind.WATCH and field.name in TIMES:
                continue
            required = is_id if kind is Kind.UPDATE else has(field, REQUIRED)
            comment = self.comment(message.name, field.name)
            yield Parameter(field, comment, True, required, has_presence(field))


def kind_of(rpc: MethodDescriptorProto, request: DescriptorProto) -> Kind:
    names = {field.name for field in request.field}
    if rpc.client_streaming and rpc.server_streaming:
        return Kind.STREAM
    if rpc.server_streaming and not rpc.client_streaming and "resume_token" in names:
        return Kind.WATCH
    if rpc.client_streaming or rpc.server_streaming:
        sys.exit(f"{rpc.name}: streams of this kind have no rule yet")
    if rpc.name.startswith("List"):
        return Kind.LIST
    return Kind.UPDATE if "update_mask" in names else Kind.UNARY


def only_message(message: DescriptorProto, *, repeated: bool = False) -> tuple[str, str]:
    """Returns name and type of the message's only field that is a message, or repeated messages."""
    found = [
        (field.name, simple_name(field))
        for field in message.field
        if field.type == FieldDescriptorProto.TYPE_MESSAGE
        if (field.label == FieldDescriptorProto.LABEL_REPEATED) == repeated
    ]
    if len(found) != 1:
        sys.exit(f"{message.name}: it is not clear which field has the items")
    return found[0]


def method_name(resource: str, call: str) -> str:
    for ending in (plural(resource), resource):
        if call.endswith(ending) and call != ending:
            return snake(call.removesuffix(ending))
    return snake(call)


def noun(service: str) -> str:
    return service.removesuffix("Service")


def plural(name: str) -> str:
    return f"{name}s"


def snake(name: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def simple_name(field: FieldDescriptorProto) -> str:
    return field.type_name.rpartition(".")[2]


def has(field: FieldDescriptorProto, behavior: int) -> bool:
    return behavior in field.options.Extensions[FIELD_BEHAVIOR]


def is_in_oneof(field: FieldDescriptorProto) -> bool:
    return field.HasField("oneof_index")


def has_presence(field: FieldDescriptorProto) -> bool:
    """Returns whether an omitted field differs from a field with its default value, as with `optional`."""
    return is_in_oneof(field)


def paragraphs(comment: str) -> str:
    """Returns the comment with each paragraph in one line."""
    return "\n\n".join(" ".join(part.split()) for part in comment.split("\n\n")).strip()
