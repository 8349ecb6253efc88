"""A buf plugin: generates messages, services, their type stubs and the thin layer as one package.

buf can't run `grpc_python`, which is not a program but a part of the protoc in grpcio-tools. That
protoc therefore runs here, on the descriptors that buf has read. protoc names modules after the
paths of the schema, `s2s.v1.money_pb2`, and has no option to put them into a package, so the names
are rewritten here. A package `__init__.py` that names all messages and enums is added.

`google.rpc` is not generated: two packages that contain it can't be loaded together. It comes with
googleapis-common-protos.

`calls` reads the methods of the thin layer from the schema, and `layer` writes them.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from calls import FIELD_BEHAVIOR, Schema
from google.api.field_behavior_pb2 import DESCRIPTOR
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet
from grpc_tools import protoc
from layer import modules

PACKAGE = "s2s_sdk._gen"
SCHEMA = "s2s.v1"
FOLDER = Path("s2s/v1")
PROGRAMS = Path(sys.executable).parent
SDK = Path(__file__).parents[1]
# Matches the module in an import, and in the text that tells a message's class its module.
MODULE = re.compile(rf"(?<=from ){re.escape(SCHEMA)}(?= import )|(?<='){re.escape(SCHEMA)}(?=\.\w+_pb2')")


def main() -> None:
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    wanted = [file for file in request.proto_file if file.name in request.file_to_generate]
    layer = [(name, formatted(name, text)) for name, text in modules(Schema(wanted))]
    for file in wanted:
        remove_behaviors(file)
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    for name, content in [*compiled(request, wanted), *packages(wanted), *layer]:
        response.file.add(name=str(name), content=content)
    sys.stdout.buffer.write(response.SerializeToString())


def remove_behaviors(file: FileDescriptorProto) -> None:
    """Removes the option `google.api.field_behavior`.

    Only the thin layer is made from the option. The generated messages do not use it, but would
    import its module.
    """
    name = DESCRIPTOR.name
    if name in file.dependency:
        file.dependency.remove(name)
    for message in nested(file.message_type):
        for field in message.field:
            field.options.ClearExtension(FIELD_BEHAVIOR)
            if not field.options.ByteSize():
                field.ClearField("options")


def nested(messages: Iterable[DescriptorProto]) -> Iterator[DescriptorProto]:
    for message in messages:
        yield message
        yield from nested(message.nested_type)


def compiled(request: CodeGeneratorRequest, wanted: list[FileDescriptorProto]) -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory() as folder:
        descriptors = Path(folder, "descriptors.bin")
        descriptors.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
        output = Path(folder, "output")
        output.mkdir()
        protoc_run(
            f"--descriptor_set_in={descriptors}",
            f"--python_out={output}",
            f"--plugin={PROGRAMS}/protoc-gen-mypy",
            f"--mypy_out=quiet:{output}",
            *(file.name for file in wanted),
        )
        # Skip files without a service, which would become empty modules.
        protoc_run(
            f"--descriptor_set_in={descriptors}",
            f"--grpc_python_out={output}",
            f"--plugin={PROGRAMS}/protoc-gen-mypy_grpc",
            f"--mypy_grpc_out=quiet:{output}",
            *(file.name for file in wanted if file.service),
        )
        for path in sorted(output.rglob("*.py*")):
            yield path.relative_to(output), MODULE.sub(f"{PACKAGE}.{SCHEMA}", path.read_text())


def protoc_run(*arguments: str) -> None:
    status = protoc.main(["protoc", *arguments])  # type: ignore[no-untyped-call]
    if status != 0:
        sys.exit(f"protoc failed with {status}")


def packages(wanted: list[FileDescriptorProto]) -> Iterator[tuple[Path, str]]:
    for folder in FOLDER.parents:
        yield folder / "__init__.py", ""
    lines = [f'"""All messages and enums of `{SCHEMA}`. Generated: not to be edited."""', ""]
    names: list[str] = []
    for file in wanted:
        own = sorted([message.name for message in file.message_type] + [enum.name for enum in file.enum_type])
        module = f"{Path(file.name).stem}_pb2"
        lines += [f"from {PACKAGE}.{SCHEMA}.{module} import (", *(f"    {name}," for name in own), ")"]
        names += own
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in sorted(names)), "]", ""]
    yield FOLDER / "__init__.py", "\n".join(lines)


def formatted(name: Path, text: str) -> str:
    """Returns the module formatted, with sorted imports and without unused imports."""
    # ruff leaves the imports of a package's `__init__.py` alone.
    file = SDK / "src" / "s2s_sdk" / "generated.py"
    commands: list[list[str]] = [["check", "--select", "F401,I", "--fix", "--quiet"], ["format", "--quiet"]]
    for command in commands:
        arguments = [f"{PROGRAMS}/ruff", *command, f"--config={SDK}/pyproject.toml", f"--stdin-filename={file}", "-"]
        done = subprocess.run(arguments, input=text, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            sys.exit(f"{name}: ruff failed: {done.stdout}{done.stderr}")
        text = done.stdout
    return text


main()
