"""All messages and enums of the schema `s2s.v1`."""

from s2s_sdk._gen.s2s.v1 import *  # noqa: F403
from s2s_sdk._gen.s2s.v1 import __all__ as __all__  # noqa: PLC0414
