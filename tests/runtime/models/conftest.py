"""A data folder of the test's own: no test touches the models of the person who runs it."""

from pathlib import Path

import pytest

from photochrom.folders import DATA_VARIABLE


@pytest.fixture(autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    return folder
