"""The editor offers no name that torch does not have."""

import importlib
import json

import pytest

from tests.support.needs import ROOT

NAMES: dict[str, list[str]] = json.loads(
    (ROOT / "frontend/src/editor/torch-names.json").read_text()
)


@pytest.mark.slow
@pytest.mark.parametrize("module", NAMES)
def test_names_exist(module: str) -> None:
    torch = importlib.import_module("torch")
    owner = torch.Tensor if module == "Tensor" else importlib.import_module(module)
    assert [name for name in NAMES[module] if not hasattr(owner, name)] == []
    assert len(NAMES[module]) == len(set(NAMES[module]))
