"""Fixtures, which tests request by name."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.drivers import DRIVERS, Driver
from tests.fake import Fake

Connect = Callable[..., Driver]


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hides the settings of the machine that runs the tests."""
    for name in ("S2S_API_KEY", "S2S_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=DRIVERS)
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes clients of the kind under test, and closes them."""
    made: list[Driver] = []

    def connect(endpoint: str | None, api_key: str | None = None, **settings: Any) -> Driver:
        driver = DRIVERS[request.param](endpoint, api_key, **settings)
        made.append(driver)
        return driver

    yield connect
    for driver in made:
        driver.close()


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A server that answers by script. The test sets the script and starts the server."""
    fake = Fake()
    yield fake
    fake.stop()
