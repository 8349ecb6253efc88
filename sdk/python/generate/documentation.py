"""The docstrings of the thin layer, made from the comments of the schema."""

import textwrap
from collections.abc import Iterator

from calls import Call, Kind, Parameter, Schema, simple_name, snake
from google.protobuf.descriptor_pb2 import EnumDescriptorProto, FieldDescriptorProto

# Width of a line, with its indentation.
WIDTH = 100
INDENT = 4
CLOSING = {
    Kind.UPDATE: "A field that is given can have its default value. None clears a field.",
    Kind.LIST: "Each page is fetched when it is reached.",
    Kind.STREAM: "Nothing is sent before the first result is read, and nothing is sent again automatically.",
    Kind.WATCH: "After a failure that may pass, the stream goes on by itself behind the last message. Any other error "
    "ends it. To go on later, or in another process, keep the `resume_token` of the last message that you have dealt "
    "with. Ending the iteration cancels the call.",
}
TIMEOUT = {
    Kind.LIST: "Time limit of the call for each page over all its attempts, in seconds. Default: the client's.",
    Kind.STREAM: "Time limit of the whole stream, in seconds. Default: none.",
    Kind.WATCH: "Time limit of the whole stream, in seconds. Default: none. Each opening has the client's as well.",
}
TIMEOUT_UNARY = "Time limit of the call over all its attempts, in seconds. Default: the client's."


def docstring(text: str, depth: int) -> str:
    """Returns a literal with paragraphs that are wrapped, for code that is `depth` levels deep."""
    margin = " " * INDENT * depth
    lines = [
        line
        for paragraph in text.split("\n\n")
        for line in ["", *textwrap.wrap(paragraph, WIDTH - len(margin), break_on_hyphens=False)]
    ][1:]
    return literal(lines, margin) if lines else ""


def literal(lines: list[str], margin: str) -> str:
    lines = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    if len(lines) == 1 and len(margin) + len(lines[0]) + INDENT + 2 <= WIDTH and not lines[0].endswith('"'):
        return f'{margin}"""{lines[0]}"""\n'
    body = "".join(f"{margin}{line}".rstrip() + "\n" for line in lines[1:])
    return f'{margin}"""{lines[0]}\n{body}{margin}"""\n'


def of_method(schema: Schema, call: Call, names: dict[str, str]) -> str:
    """Returns the docstring of a method. `names` maps the type of a request to its method."""
    margin = " " * INDENT * 2
    lines: list[str] = []
    comment = call.comment.replace("that `update_mask` names", "that are given")
    if call.kind is Kind.WATCH and call.inlined:
        # The filter may have conditions here that its fields do not name.
        comment += f"\n\n{call.inlined_comment}"
    for paragraph in [*comment.split("\n\n"), CLOSING.get(call.kind, "")]:
        if paragraph:
            lines += [*textwrap.wrap(paragraph, WIDTH - len(margin), break_on_hyphens=False), ""]
    lines.append("Args:")
    for parameter in call.parameters:
        name = argument_name(call, parameter)
        lines += entry(name, of_parameter(schema, parameter, call, names))
    lines += entry("timeout", TIMEOUT.get(call.kind, TIMEOUT_UNARY))
    lines += ["", "Returns:", *wrapped(returned(call))]
    lines += ["", "Raises:", *entry("Error", "The call failed.")]
    if any(needs_check(parameter.field) for parameter in call.parameters):
        lines += entry("ValueError", "An argument has no meaning, such as a datetime without a time zone.")
    return literal(lines, margin)


def of_parameter(schema: Schema, parameter: Parameter, call: Call, names: dict[str, str]) -> str:
    """Returns the comment of a field, with the values of an enum and the form of an item."""
    text = parameter.comment
    if call.kind is Kind.STREAM:
        text = "The items, one after another."
    if method := names.get(parameter.field.type_name):
        text += f" Each is a dictionary with the parameters of `{method}`, or a message."
    if (enum := schema.enums.get(parameter.field.type_name)) and simple_name(parameter.field) != "ErrorReason":
        values = [f"`{name}`" for name in short_names(enum)]
        text += f" Values: {', '.join(values)}."
    return text


def argument_name(call: Call, parameter: Parameter) -> str:
    """Returns the name of the parameter; in a stream, it stands for many requests."""
    return f"{parameter.name}s" if call.kind is Kind.STREAM else parameter.name


def entry(name: str, text: str) -> list[str]:
    return wrapped(f"{name}: {text}", after=INDENT)


def wrapped(text: str, after: int = 0) -> list[str]:
    first, following = " " * INDENT, " " * (INDENT + after)
    return textwrap.wrap(
        " ".join(text.split("\n\n")),
        WIDTH - INDENT * 2,
        initial_indent=first,
        subsequent_indent=following,
        break_on_hyphens=False,
    )


def returned(call: Call) -> str:
    if call.kind is Kind.LIST:
        return "An iterator over the items of all pages."
    if call.kind is Kind.STREAM:
        return "An iterator over the results, one for each item, in their order."
    if call.kind is Kind.WATCH:
        return "An iterator over all messages, also heartbeats and gaps."
    return call.response_comment


def needs_check(field: FieldDescriptorProto) -> bool:
    checked = {".google.protobuf.Timestamp", ".google.protobuf.Duration"}
    return field.type == FieldDescriptorProto.TYPE_ENUM or field.type_name in checked


def short_names(enum: EnumDescriptorProto) -> Iterator[str]:
    """Yields the names of the enum's values, without the prefix and without `UNSPECIFIED`."""
    prefix = f"{snake(enum.name).upper()}_"
    for value in enum.value:
        if value.number != 0:
            yield value.name.removeprefix(prefix)
