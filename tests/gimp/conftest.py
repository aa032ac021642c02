"""One stage for all that runs in GIMP without a screen."""

import pytest

from helpers.gimp import Stage, make_tree, new_stage


@pytest.fixture(scope="session")
def tree() -> None:
    """The Debian tree with GIMP."""
    make_tree()


@pytest.fixture(scope="session")
def stage(tree: None, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A folder for GIMP, with the plug-in installed."""
    del tree
    return new_stage(tmp_path_factory.mktemp("stage"))
