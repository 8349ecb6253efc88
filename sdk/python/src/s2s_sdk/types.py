"""The types of methods' parameters, for functions that pass parameters on."""

from s2s_sdk._gen import types as _generated
from s2s_sdk._gen.types import *  # noqa: F403
from s2s_sdk._requests import NOT_GIVEN, NotGiven

__all__ = ["NOT_GIVEN", "NotGiven"]
__all__ += _generated.__all__
