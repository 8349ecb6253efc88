"""Client of the S2S conversion tracking API: `Client`, and `AsyncClient` for asyncio.

The messages are in `s2s_sdk.v1`, with the format, unit and limit of every field.
"""

from s2s_sdk import click_id, money, postback, v1
from s2s_sdk.aio import AsyncClient
from s2s_sdk.client import Client
from s2s_sdk.error import Error, FieldViolation, unwrap
from s2s_sdk.lists import list_all, list_all_async

__all__ = [
    "AsyncClient",
    "Client",
    "Error",
    "FieldViolation",
    "click_id",
    "list_all",
    "list_all_async",
    "money",
    "postback",
    "unwrap",
    "v1",
]
