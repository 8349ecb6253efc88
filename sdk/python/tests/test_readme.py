"""Runs the README's code as it is written."""

import re
from pathlib import Path
from typing import Any

import grpc
import pytest

from s2s_sdk import Client, Error, Money
from tests.fake import Fake

FOLDER = Path(__file__).parents[1]


def test_the_readmes_code_runs(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = re.findall(r"^```python\n(.*?)^```$", (FOLDER / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    # The first block needs a real server: `make test-package` runs it.
    assert first == (FOLDER / "examples" / "first_conversion.py").read_text()

    monkeypatch.setenv("S2S_ENDPOINT", f"http://localhost:{fake.start()}")
    monkeypatch.setenv("S2S_API_KEY", "s3cret")
    with Client() as client:
        names: dict[str, Any] = {
            "client": client,
            "code_id": "6B1F0A3C9D5E4F7081A2B3C4D5E6F708",
            "click_id": "x",
            "value": Money("19.99", "EUR"),
            "url": "https://t.example/s2s?clickId=x",
            "secret": "secret",
        }
        for block in others:
            exec(block, names)  # noqa: S102
    assert len(others) == 6
    assert "&sig=" in names["signed_url"]
    assert names["advise"](Error(grpc.StatusCode.ABORTED, "", "ATTRIBUTION_WINDOW_PASSED")).startswith("the sale came")
    assert "Cure: " in names["advise"](Error(grpc.StatusCode.ABORTED, "", "CODE_NOT_ON_LINK"))
