"""The calls of `PresetService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.preset_service_pb2_grpc import PresetServiceStub
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.preset_service_pb2_grpc import PresetServiceAsyncStub


class Presets:
    """Reads presets: the names and macros that each network uses, so that nobody has to look them up.
    Presets are the same for every account; they come with the server and can't be changed.
    """

    def __init__(self, stub: PresetServiceStub) -> None:
        self._stub = stub

    def list(self, *, page_size: int | None = None, timeout: float | None = None) -> Iterator[v1.Preset]:
        """Lists all presets, sorted by id.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of presets to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListPresetsRequest, {"page_size": page_size})
        return all_items(self._stub.ListPresets, request, lambda page: page.presets, timeout=timeout)

    def get(self, *, preset_id: str, timeout: float | None = None) -> v1.GetPresetResponse:
        """Returns one preset.

        Args:
            preset_id: Id of the preset. Example: `everflow`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested preset.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPresetRequest, {"preset_id": preset_id})
        return self._stub.GetPreset(request, timeout=timeout)


class AsyncPresets:
    """Reads presets: the names and macros that each network uses, so that nobody has to look them up.
    Presets are the same for every account; they come with the server and can't be changed.
    """

    def __init__(self, stub: PresetServiceAsyncStub) -> None:
        self._stub = stub

    def list(self, *, page_size: int | None = None, timeout: float | None = None) -> AsyncIterator[v1.Preset]:
        """Lists all presets, sorted by id.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of presets to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListPresetsRequest, {"page_size": page_size})
        return all_items_async(self._stub.ListPresets, request, lambda page: page.presets, timeout=timeout)

    async def get(self, *, preset_id: str, timeout: float | None = None) -> v1.GetPresetResponse:
        """Returns one preset.

        Args:
            preset_id: Id of the preset. Example: `everflow`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested preset.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPresetRequest, {"preset_id": preset_id})
        return await self._stub.GetPreset(request, timeout=timeout)
