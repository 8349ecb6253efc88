"""Runs the README's code as it is written."""

import re
from pathlib import Path
from typing import Any

import grpc

from s2s_sdk import Client, Error, v1
from tests.fake import Fake

FOLDER = Path(__file__).parents[1]


def test_the_readmes_code_runs(fake: Fake) -> None:
    first, *others = re.findall(r"^```python\n(.*?)^```$", (FOLDER / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    # The first block needs a real server: `make test-package` runs it.
    assert first == (FOLDER / "examples" / "first_conversion.py").read_text()

    endpoint = f"http://localhost:{fake.start()}"
    with Client(endpoint) as client:
        names: dict[str, Any] = {
            "client": client,
            "endpoint": endpoint,
            "api_key": "s3cret",
            "request": v1.RecordConversionRequest(conversion=v1.NewConversion(click_id="x")),
            "url": "https://t.example/s2s?clickId=x",
            "secret": "secret",
        }
        for block in others:
            exec(block, names)  # noqa: S102
    assert len(others) == 6
    assert "&sig=" in names["signed_url"]
    assert names["advise"](Error(grpc.StatusCode.ABORTED, "", "ATTRIBUTION_WINDOW_PASSED")).startswith("the sale came")
