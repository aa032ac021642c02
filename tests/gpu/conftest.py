"""What the tests of a real device share. `make test-gpu` runs them; nothing else does."""

import os

import pytest

from photochrom.errors import DeviceError
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model
from photochrom.session import open_session


@pytest.fixture(scope="session")
def device() -> str:
    """The device to test, by the variable ``PHOTOCHROM_TEST_DEVICE``; without it, all fails."""
    name = os.environ.get("PHOTOCHROM_TEST_DEVICE", "cuda")
    try:
        open_session(find_model(DEFAULT_MODEL), name)
    except DeviceError as error:
        pytest.exit(f"no {name} to test on ({error}); see docs/gpu.md", returncode=1)
    return name
