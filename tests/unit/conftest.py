"""Fixtures of the tests that need no engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_tree import ScriptTree, make_script_tree


@pytest.fixture
def tree(tmp_path: Path) -> ScriptTree:
    return make_script_tree(tmp_path)


@pytest.fixture
def ready(tree: ScriptTree) -> ScriptTree:
    """An engine answers and the registry does."""
    tree.flag("default")
    tree.write_stamp("registry")
    return tree
