"""No test leaves a channel switched on."""

from collections.abc import Iterator

import pytest

from workflows import delivery


@pytest.fixture(autouse=True)
def _off_afterwards() -> Iterator[None]:
    yield
    delivery.install({})
