"""Client of the S2S conversion tracking API: `Client`, and `AsyncClient` for asyncio.

The messages are in `s2s_sdk.v1`, with the format, unit and limit of every field.
"""

from s2s_sdk import click_id, postback, types, v1
from s2s_sdk._gen.reason import Reason
from s2s_sdk._version import __version__
from s2s_sdk.aio import AsyncClient
from s2s_sdk.client import Client
from s2s_sdk.error import Error, FieldViolation, unwrap
from s2s_sdk.money import Money

__all__ = [
    "AsyncClient",
    "Client",
    "Error",
    "FieldViolation",
    "Money",
    "Reason",
    "__version__",
    "click_id",
    "postback",
    "types",
    "unwrap",
    "v1",
]
