"""Where things are kept, on this platform and where a person says."""

from pathlib import Path

import pytest
from platformdirs import user_cache_path, user_data_path

from photochrom.folders import DATA_VARIABLE, cache_folder, data_folder


def test_where_a_person_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert data_folder() == tmp_path
    assert cache_folder() == tmp_path / "cache"


@pytest.mark.parametrize("value", [None, ""])
def test_where_the_platform_says(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE)
    if value is not None:
        monkeypatch.setenv(DATA_VARIABLE, value)
    assert data_folder() == user_data_path("photochrom", appauthor=False)
    assert cache_folder() == user_cache_path("photochrom", appauthor=False)
    assert not data_folder().is_relative_to(cache_folder())
