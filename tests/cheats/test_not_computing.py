"""Answers that compute nothing: constants, the input, memory as it lies, NaN, an object that equals all."""

import pytest

from tests.cheats.conftest import HONEST, Judge, case, outcomes

pytestmark = pytest.mark.slow

ANSWERS = {
    "the input": "return x",
    "zeros": "return torch.zeros_like(x, requires_grad=True)",
    "ones": "return torch.ones_like(x, requires_grad=True)",
    "NaN": "return x * float('nan')",
    "infinity": "return x * float('inf')",
    "uninitialised memory": "return torch.empty_like(x).requires_grad_()",
    "a number": "return x.sum() * 0",
    "right values, no gradient": "return (x * x).detach().requires_grad_()",
    "right values, wrong gradient": "return (x * x).detach() + x - x.detach()",
    "right values, another dtype": "return (x * x).double()",
    "right values, another shape": "return (x * x)[None]",
    "right but for one value": "y = x * x; return torch.cat([y.flatten()[:-1], y.flatten()[-1:] + 1e-3]).view(x.shape)",
    "mutated input": "x.data.mul_(x.data); return x * 1",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_it_fails_every_case(judge: Judge, name: str) -> None:
    body = ANSWERS[name].replace("; ", "\n    ")
    verdict = judge(f"import torch\n\ndef square(x):\n    {body}\n")
    assert outcomes(verdict) == {"failed"}


EQUALS_ALL = """
import torch

class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if getattr(function, "__name__", "") in ("eq", "__eq__", "allclose", "equal", "isclose", "all", "le", "lt"):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})
    def __eq__(self, other): return True
    def __array__(self, *a): raise RuntimeError("not for comparing")
    @property
    def dtype(self): return torch.float32
    @property
    def shape(self): return torch.Size([7])

def square(x):
    return (x * WRONG_FACTOR).as_subclass(Yes)
"""


def test_a_subclass_that_equals_everything_is_judged_by_its_data(judge: Judge) -> None:
    assert outcomes(judge(EQUALS_ALL.replace("WRONG_FACTOR", "3"))) <= {"failed", "error"}


def test_a_harmless_subclass_with_right_data_passes(judge: Judge) -> None:
    source = """
import torch

class Mine(torch.Tensor):
    pass

def square(x):
    return (x * x).as_subclass(Mine)
"""
    assert outcomes(judge(source)) == {"passed"}


def test_an_object_that_is_no_tensor_is_named(judge: Judge) -> None:
    source = """
class Answer:
    def __mul__(self, other): return self
    def sum(self): return self
    def backward(self): pass
    def detach(self): return self
    def __eq__(self, other): return True

def square(x):
    return Answer()
"""
    verdict = judge(source)
    assert outcomes(verdict) == {"failed"}
    failure = case(verdict, "row").failure
    assert failure is not None
    assert failure.got.type == "answer.Answer"


def test_caching_answers_between_cases_does_not_help(judge: Judge) -> None:
    source = """
known = {}

def square(x):
    if x.shape not in known:
        known[x.shape] = x * x
    return known[x.shape]
"""
    verdict = judge(source)
    assert outcomes(verdict).isdisjoint({"passed"})
    assert judge(HONEST).outcome == "passed"


def test_a_changed_input_is_named_though_the_output_is_right(judge: Judge) -> None:
    source = """
import gc, torch

def square(x):
    y = x * x
    for found in gc.get_objects():
        if isinstance(found, torch.Tensor) and found.shape == x.shape and not found.requires_grad and found.grad_fn is None:
            found.add_(1)
    return y
"""
    verdict = judge(source)
    assert "passed" not in outcomes(verdict)
