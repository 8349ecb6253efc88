"""Writes the thin layer: a class for each service, the types of its parameters, and the reasons."""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from calls import Call, Kind, Parameter, Schema, Service, simple_name, snake
from documentation import WIDTH, argument_name, docstring, of_method, short_names
from google.protobuf.descriptor_pb2 import FieldDescriptorProto

IMPORTS = """
from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.reason import Reason
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import NOT_GIVEN, NotGiven, build, build_update, message
from s2s_sdk._streams import results, results_async
from s2s_sdk._watch import watch, watch_async
from s2s_sdk.money import Money
"""
TYPES = {
    ".google.protobuf.Timestamp": "datetime | Timestamp",
    ".google.protobuf.Duration": "timedelta | Duration",
    ".s2s.v1.Money": "Money | v1.Money",
    ".s2s.v1.ErrorReason": "Reason | v1.ErrorReason.ValueType",
}
SCALARS = {
    FieldDescriptorProto.TYPE_STRING: "str",
    FieldDescriptorProto.TYPE_BYTES: "bytes | str",
    FieldDescriptorProto.TYPE_BOOL: "bool",
    FieldDescriptorProto.TYPE_INT32: "int",
    FieldDescriptorProto.TYPE_INT64: "int",
    FieldDescriptorProto.TYPE_UINT32: "int",
    FieldDescriptorProto.TYPE_UINT64: "int",
}
REASONS = ".s2s.v1.ErrorReason"
UNKNOWN = "UNKNOWN"
REASON = '''"""The reasons of errors. Generated: not to be edited."""

from __future__ import annotations

from enum import Enum

from s2s_sdk import v1


class Reason(str, Enum):
    """The reason of a failed call or a held postback.

    Each value has its cause and cure in its `__doc__`, and equals its text:
    `Reason.MACRO_NOT_REPLACED == "MACRO_NOT_REPLACED"`.
    """

    _value_: str

    def __new__(cls, text: str, doc: str = "") -> Reason:
        reason = str.__new__(cls, text)
        reason._value_ = text
        reason.__doc__ = doc
        return reason

    def __str__(self) -> str:
        return str.__str__(self)

    @classmethod
    def of(cls, number: v1.ErrorReason.ValueType) -> Reason:
        """Returns the reason for a number in a message, such as the `reason` of a postback."""
        try:
            return cls(v1.ErrorReason.Name(number).removeprefix("ERROR_REASON_"))
        except ValueError:
            return cls.UNKNOWN

'''


def modules(schema: Schema) -> Iterator[tuple[Path, str]]:
    """Yields the modules of the thin layer: path and text, not formatted."""
    writer = Writer(schema)
    yield Path("services/__init__.py"), writer.services()
    for service in schema.services:
        yield Path(f"services/{service.member}.py"), writer.service(service)
    yield Path("types.py"), writer.types()
    yield Path("reason.py"), writer.reasons()


class Writer:
    """Writes modules. With `is_async`, writes the methods of the asyncio client."""

    def __init__(self, schema: Schema) -> None:
        """Makes the writer of a schema's modules."""
        self.schema = schema
        item_calls = list(schema.item_calls())
        self.methods = {call.rpc.input_type: f"{service.member}.{call.method}" for service, call in item_calls}
        self.item_calls = {call.rpc.input_type: call for _, call in item_calls}

    def services(self) -> str:
        services = self.schema.services
        text = header("The services of the clients, and the stubs for whole messages.")
        for service in services:
            text += f"from s2s_sdk._gen.services.{service.member} import {service.class_name}, "
            text += f"Async{service.class_name}\n"
            text += f"from {stub_module(service)} import {service.name}Stub\n"
        text += "\nif TYPE_CHECKING:\n    from s2s_sdk._calls import Policy\n"
        for service in services:
            text += f"    from {stub_module(service)} import {service.name}AsyncStub\n"
        for kind in ("", "Async"):
            base = "(Stubs)" if kind else ""
            text += f"\n\nclass {kind}Stubs{base}:\n"
            text += docstring("The calls of the schema: each takes a request message.", 1) + "\n"
            for service in services:
                text += f"    {service.member}: {service.name}{kind}Stub\n"
            if not kind:
                text += "\n    def __init__(self, channel: Any) -> None:\n"
                for service in services:
                    text += f"        self.{service.member} = {service.name}Stub(channel)\n"
        for kind in ("", "Async"):
            text += f"\n\nclass {kind}Services:\n"
            text += docstring("The services, each with a method for each call.", 1) + "\n"
            text += f"    stubs: {kind}Stubs\n"
            text += docstring("The calls with whole messages: `stubs.conversions.RecordConversion(request)`.", 1)
            for service in services:
                text += f"    {service.member}: {kind}{service.class_name}\n" + docstring(service.comment, 1)
            text += (
                f"\n    def __init__(self, stubs: {kind}Stubs, policy: Policy) -> None:\n        self.stubs = stubs\n"
            )
            for service in services:
                policy = ", policy" if service.has_watch else ""
                text += f"        self.{service.member} = {kind}{service.class_name}(stubs.{service.member}{policy})\n"
        return text

    def service(self, service: Service) -> str:
        text = header(f"The calls of `{service.name}` as methods.")
        names = ", ".join([*self.literals(), *(params_name(call) for call in self.item_calls.values())])
        text += f"from s2s_sdk._gen.types import {names}\n"
        text += f"from {stub_module(service)} import {service.name}Stub\n"
        text += "\nif TYPE_CHECKING:\n    from s2s_sdk._calls import Policy\n"
        text += f"    from {stub_module(service)} import {service.name}AsyncStub\n"
        for is_async in (False, True):
            kind = "Async" if is_async else ""
            text += f"\n\nclass {kind}{service.class_name}:\n" + docstring(service.comment, 1)
            policy = ", policy: Policy" if service.has_watch else ""
            text += f"\n    def __init__(self, stub: {service.name}{kind}Stub{policy}) -> None:\n"
            text += "        self._stub = stub\n"
            if service.has_watch:
                text += "        self._policy = policy\n"
            for call in service.calls:
                text += "\n" + self.method(call, is_async=is_async)
        for name in dict.fromkeys(item for call in service.calls for item in self.items(call)):
            call = self.item_calls[name]
            text += f"\n\ndef {item_function(call)}(item: {item_type(call)}) -> v1.{call.request}:\n"
            text += f"    return message(v1.{call.request}, item, {call.inlined!r})\n"
        return text

    def items(self, call: Call) -> Iterator[str]:
        """Yields the types of the items of a batch or stream."""
        for parameter in call.parameters:
            if parameter.field.type_name in self.item_calls:
                yield parameter.field.type_name

    def method(self, call: Call, *, is_async: bool) -> str:
        text = ""
        if call.alternatives:
            text += self.overload(call, {*call.alternatives}, is_async=is_async)
            inlined = {parameter.name for parameter in call.parameters if parameter.is_inlined}
            for name in call.alternatives:
                others = {other for other in call.alternatives if other != name}
                text += self.overload(call, inlined | others, is_async=is_async, required=name)
        parameters = [self.declared(call, parameter, is_async=is_async) for parameter in call.parameters]
        text += self.signature(call, parameters, is_async=is_async) + "\n"
        text += of_method(self.schema, call, self.methods)
        return text + self.body(call, is_async=is_async)

    def overload(self, call: Call, skipped: set[str], *, is_async: bool, required: str = "") -> str:
        parameters = [
            self.declared(call, parameter, is_async=is_async, is_overload=True, is_required=parameter.name == required)
            for parameter in call.parameters
            if parameter.name not in skipped
        ]
        return "    @overload\n" + self.signature(call, parameters, is_async=is_async) + " ...\n\n"

    def signature(self, call: Call, parameters: list[str], *, is_async: bool) -> str:
        returned = f"v1.{call.response}"
        item = f"v1.{call.items[1]}" if call.items else returned if call.kind is Kind.WATCH else ""
        if item:
            returned = f"AsyncIterator[{item}]" if is_async else f"Iterator[{item}]"
        begin = "async def" if is_async and not item else "def"
        parameters = ["self", "*", *parameters, "timeout: float | None = None"]
        return f"    {begin} {call.method}({', '.join(parameters)}) -> {returned}:"

    def declared(
        self,
        call: Call,
        parameter: Parameter,
        *,
        is_async: bool,
        is_overload: bool = False,
        is_required: bool = False,
    ) -> str:
        """Returns a parameter with its type and default."""
        annotation = self.annotation(parameter.field)
        if call.kind is Kind.STREAM:
            others = f" | AsyncIterable[{annotation}]" if is_async else ""
            return f"{argument_name(call, parameter)}: Iterable[{annotation}]{others}"
        is_message = parameter.field.type == FieldDescriptorProto.TYPE_MESSAGE
        is_repeated = parameter.field.label == FieldDescriptorProto.LABEL_REPEATED
        if call.kind is Kind.UPDATE and parameter.is_inlined and not parameter.is_required:
            cleared = " | None" if is_message and not is_repeated else ""
            return f"{parameter.name}: {annotation} | NotGiven{cleared} = NOT_GIVEN"
        # If the inlined message has alternatives, only overloads can require its fields.
        can_be_required = is_overload or not (parameter.is_inlined and call.alternatives)
        has_items = parameter.field.type_name in self.item_calls
        if is_required or has_items or (parameter.is_required and can_be_required):
            return f"{parameter.name}: {annotation}"
        if annotation == "bool" and not parameter.has_presence:
            return f"{parameter.name}: bool = False"
        return f"{parameter.name}: {annotation} | None = None"

    def annotation(self, field: FieldDescriptorProto) -> str:
        if entry := self.map_entry(field):
            key, value = (self.annotation_of_one(part) for part in entry)
            return f"Mapping[{key}, {value}]"
        one = self.annotation_of_one(field)
        return f"Iterable[{one}]" if field.label == FieldDescriptorProto.LABEL_REPEATED else one

    def annotation_of_one(self, field: FieldDescriptorProto) -> str:
        name = field.type_name
        if field.type == FieldDescriptorProto.TYPE_ENUM and name not in TYPES:
            return f"{simple_name(field)}Name | v1.{simple_name(field)}.ValueType"
        if name in TYPES or name in self.item_calls:
            return TYPES.get(name) or item_type(self.item_calls[name])
        if name in self.schema.messages:
            inner = self.schema.messages[name].field
            if len(inner) == 1 and inner[0].label == FieldDescriptorProto.LABEL_REPEATED:
                return f"{self.annotation(inner[0])} | v1.{simple_name(field)}"
            return f"v1.{simple_name(field)}"
        if field.type not in SCALARS:
            sys.exit(f"{field.name}: fields of this type have no rule yet")
        return SCALARS[field.type]

    def map_entry(self, field: FieldDescriptorProto) -> list[FieldDescriptorProto]:
        """Returns the key and the value of a map; empty for other fields."""
        owner, _, entry = field.type_name.rpartition(".")
        for message in self.schema.messages[owner].nested_type if owner in self.schema.messages else ():
            if message.name == entry and message.options.map_entry:
                return list(message.field)
        return []

    def body(self, call: Call, *, is_async: bool) -> str:
        stub = f"self._stub.{call.rpc.name}"
        suffix = "_async" if is_async else ""
        if call.kind is Kind.STREAM and call.items and call.item_request:
            name, _ = call.item_request
            [parameter] = call.parameters
            wrap = item_function(self.item_calls[parameter.field.type_name])
            wrap = f"lambda item: v1.{call.request}({name}={wrap}(item))"
            unwrap = f"lambda response: response.{call.items[0]}"
            items = argument_name(call, parameter)
            return f"        return results{suffix}({stub}, {items}, {wrap}, {unwrap}, timeout=timeout)\n"
        arguments = ", ".join(f'"{parameter.name}": {self.argument(parameter)}' for parameter in call.parameters)
        build = "build_update" if call.kind is Kind.UPDATE else "build"
        inlined = f", {call.inlined!r}" if call.inlined else ""
        text = f"        request = {build}(v1.{call.request}, {{{arguments}}}{inlined})\n"
        if call.kind is Kind.LIST and call.items:
            items = f"lambda page: page.{call.items[0]}"
            return f"{text}        return all_items{suffix}({stub}, request, {items}, timeout=timeout)\n"
        if call.kind is Kind.WATCH:
            policy = f'"{call.full_name}", self._policy'
            return f"{text}        return watch{suffix}({stub}, request, {policy}, timeout=timeout)\n"
        begin = "await " if is_async else ""
        return f"{text}        return {begin}{stub}(request, timeout=timeout)\n"

    def argument(self, parameter: Parameter) -> str:
        call = self.item_calls.get(parameter.field.type_name)
        return f"map({item_function(call)}, {parameter.name})" if call else parameter.name

    def literals(self) -> list[str]:
        """Returns the name of the `Literal` type of each enum that a parameter has."""
        used = {
            parameter.field.type_name
            for service in self.schema.services
            for call in service.calls
            for parameter in call.parameters
            if parameter.field.type == FieldDescriptorProto.TYPE_ENUM
        }
        return sorted(f"{name.rpartition('.')[2]}Name" for name in used - {REASONS})

    def types(self) -> str:
        text = header("The types of parameters: short names of enums' values, and items of batches.")
        enums = {f"{enum.name}Name": enum for enum in self.schema.enums.values()}
        for name in self.literals():
            enum = enums[name]
            if enum.value[0].name != f"{snake(enum.name).upper()}_UNSPECIFIED":
                sys.exit(f"{enum.name}: the names of its values have no common beginning")
            values = ", ".join(f'"{value}"' for value in short_names(enum))
            text += f"{name} = Literal[{values}]\n" + docstring(self.schema.comment(enum.name), 0)
        exported = [*self.literals(), *(params_name(call) for call in self.item_calls.values())]
        text += f"\n__all__ = {sorted(exported)!r}\n"
        for call in self.item_calls.values():
            text += f"\n\nclass {params_name(call)}(TypedDict, total=False):\n"
            text += docstring(f"{call.comment}\n\nThe parameters of one item.", 1) + "\n"
            for parameter in call.parameters:
                text += f"    {parameter.name}: {self.annotation(parameter.field)}\n"
                text += docstring(parameter.comment, 1)
        return text

    def reasons(self) -> str:
        enum = self.schema.enums[REASONS]
        names = list(short_names(enum))
        if UNKNOWN in names:
            sys.exit(f"{enum.name}: the name {UNKNOWN} is that of reasons that the client does not know")
        text = REASON
        doc = "The failure has no reason, or a reason that is newer than this client."
        comments = {name: self.schema.comment(enum.name, f"ERROR_REASON_{name}") for name in names}
        for name, comment in [(UNKNOWN, doc), *comments.items()]:
            lines = " ".join(repr(line) for line in textwrap.wrap(comment, WIDTH, drop_whitespace=False))
            text += f"    {name} = ({name!r}, ({lines}))\n"
        return text


def header(doc: str) -> str:
    return f'"""{doc} Generated: not to be edited."""\n{IMPORTS}'


def stub_module(service: Service) -> str:
    return f"s2s_sdk._gen.s2s.v1.{service.module}_pb2_grpc"


def params_name(call: Call) -> str:
    return f"{call.rpc.name}Params"


def item_type(call: Call) -> str:
    return f"{params_name(call)} | v1.{call.request}"


def item_function(call: Call) -> str:
    return f"_{call.method}_request"
