"""Tests of the rules by which the thin layer is made from a schema."""

from typing import Any

import pytest
from calls import FIELD_BEHAVIOR, Kind, Schema, kind_of
from google.api.field_behavior_pb2 import IDENTIFIER, OUTPUT_ONLY, REQUIRED
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from layer import modules

REPEATED = FieldDescriptorProto.LABEL_REPEATED
OPTIONAL = FieldDescriptorProto.LABEL_OPTIONAL


def schema(call: str, *, request: dict[str, Any], response: dict[str, Any] | None = None, noun: str = "Gift") -> Schema:
    """Returns a schema with one call. A field is a text, or has the message and behavior given."""
    file = FileDescriptorProto(name="s2s/v1/gift_service.proto", package="s2s.v1")
    add(file, noun, {"id": (None, IDENTIFIER), "label": (None, REQUIRED), "url": (None, OUTPUT_ONLY)})
    add(file, "GiftFilter", {"label": (None, None)})
    add(file, f"{call}Request", request)
    add(file, f"{call}Response", response or {})
    rpc = file.service.add(name=f"{noun}Service").method.add(name=call)
    rpc.input_type, rpc.output_type = f".s2s.v1.{call}Request", f".s2s.v1.{call}Response"
    return Schema([file])


def add(file: FileDescriptorProto, name: str, fields: dict[str, Any]) -> None:
    message = file.message_type.add(name=name)
    for number, (field, (kind, behavior)) in enumerate(fields.items(), 1):
        label = REPEATED if field.endswith("s") and kind else OPTIONAL
        added = message.field.add(name=field, number=number, label=label, type=FieldDescriptorProto.TYPE_STRING)
        if kind:
            added.type, added.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".s2s.v1.{kind}"
        if behavior is not None:
            added.options.Extensions[FIELD_BEHAVIOR].append(behavior)


@pytest.mark.parametrize(
    ("call", "request_", "method", "kind", "parameters"),
    [
        (
            "CreateGift",
            {"gift": ("Gift", REQUIRED), "request_id": (None, None)},
            "create",
            Kind.UNARY,
            "label request_id",
        ),
        ("UpdateGift", {"gift": ("Gift", None), "update_mask": (None, None)}, "update", Kind.UPDATE, "id label"),
        ("ListGifts", {"page_token": (None, None), "filter": ("GiftFilter", None)}, "list", Kind.LIST, "label"),
        ("BatchWrapGifts", {"gifts": ("Gift", None)}, "batch_wrap", Kind.UNARY, "gifts"),
        ("RotateGiftKey", {}, "rotate_gift_key", Kind.UNARY, ""),
        ("Gift", {"gift": ("Gift", None)}, "gift", Kind.UNARY, "gift"),
    ],
)
def test_calls_become_methods(call: str, request_: dict[str, Any], method: str, kind: Kind, parameters: str) -> None:
    [service] = schema(call, request=request_, response={"gifts": ("Gift", None)}).services
    [made] = service.calls
    assert (service.member, service.class_name, made.method, made.kind) == ("gifts", "Gifts", method, kind)
    assert [parameter.name for parameter in made.parameters] == parameters.split()


@pytest.mark.parametrize(("call", "field"), [("WatchGifts", "resume_token"), ("SendGifts", "size")])
def test_a_stream_with_a_resume_token_is_a_watch(call: str, field: str) -> None:
    made = schema(call, request={"filter": ("GiftFilter", None), field: (None, None)})
    rpc = made.services[0].calls[0].rpc
    rpc.server_streaming = True
    request = made.messages[rpc.input_type]
    if call == "WatchGifts":
        assert kind_of(rpc, request) is Kind.WATCH
        assert made.services[0].calls[0].method == "watch"
    else:
        with pytest.raises(SystemExit, match="streams of this kind have no rule yet"):
            kind_of(rpc, request)


def test_names_of_services_have_several_words() -> None:
    [service] = schema("GetGiftCard", request={}, noun="GiftCard").services
    assert (service.member, service.class_name, service.calls[0].method) == ("gift_cards", "GiftCards", "get")


@pytest.mark.parametrize(
    ("call", "request_", "message"),
    [
        ("CreateGift", {"gift": ("Gift", None), "label": (None, None)}, "the name of the parameter label clashes"),
        ("GetGift", {"timeout": (None, None)}, "the name of the parameter timeout clashes"),
        ("GetGift", {"from": (None, None)}, "the name of the parameter from clashes"),
        ("CreateGift", {"gift": ("Gift", None), "filter": ("GiftFilter", None)}, "more than one field"),
        ("ListGifts", {}, "it is not clear which field has the items"),
    ],
)
def test_schemas_without_a_rule_are_refused(call: str, request_: dict[str, Any], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        schema(call, request=request_)


def test_types_without_a_rule_are_refused() -> None:
    made = schema("GetGift", request={"size": (None, None)})
    made.messages[".s2s.v1.GetGiftRequest"].field[0].type = FieldDescriptorProto.TYPE_DOUBLE
    with pytest.raises(SystemExit, match="size: fields of this type have no rule yet"):
        list(modules(made))
