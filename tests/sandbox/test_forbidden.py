"""What the static check refuses, and what it leaves alone."""

from __future__ import annotations

import random
import time
import tokenize
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.image.forbidden import Refusal, Unparsable, find_forbidden

WHY = "It is the function you are asked to write."
FORBIDDEN = {
    "torch.nn.functional.layer_norm": WHY,
    "torch.nn.LayerNorm": WHY,
    "torch.layer_norm": WHY,
    "torch.native_layer_norm": WHY,
    "torch.ops.aten.native_layer_norm*": WHY,
    "torch.nn.attention": WHY,
    "torch.Tensor.softmax": WHY,
}


def names(source: str) -> list[str]:
    return [refusal.name for refusal in find_forbidden(source, FORBIDDEN)]


F_LAYER_NORM = "torch.nn.functional.layer_norm"
LAYER_NORM = "torch.nn.LayerNorm"

HITS: dict[str, tuple[str, str]] = {
    # imports and their aliases
    "plain": ("import torch\ntorch.nn.functional.layer_norm(x, (3,))", F_LAYER_NORM),
    "alias": ("import torch.nn.functional as F\nF.layer_norm(x, (3,))", F_LAYER_NORM),
    "from": ("from torch.nn import functional\nfunctional.layer_norm(x, (3,))", F_LAYER_NORM),
    "from as": ("from torch import nn as n\nn.LayerNorm(3)", LAYER_NORM),
    "from the module": ("from torch.nn.functional import layer_norm", F_LAYER_NORM),
    "renamed": ("from torch.nn.functional import layer_norm as f", F_LAYER_NORM),
    "a class, when used": ("from torch.nn import LayerNorm as L\nL(3)", LAYER_NORM),
    "star": ("from torch.nn.functional import *\nlayer_norm(x, (3,))", F_LAYER_NORM),
    "star of a class": ("from torch.nn import *\ny = LayerNorm(3)", LAYER_NORM),
    "star after own": (
        "def layer_norm(x): return x\nfrom torch.nn.functional import *\nlayer_norm(x)",
        F_LAYER_NORM,
    ),
    "inside a function": (
        "def f(x):\n  import torch as t\n  return t.layer_norm(x)",
        "torch.layer_norm",
    ),
    "guarded import": (
        "try:\n  from torch.nn.functional import layer_norm\nexcept ImportError:\n  pass",
        F_LAYER_NORM,
    ),
    "a module that is forbidden": ("import torch.nn.attention", "torch.nn.attention"),
    "below what is forbidden": (
        "from torch.nn.attention import sdpa_kernel",
        "torch.nn.attention",
    ),
    # other names of the same thing
    "where it is defined": (
        "import torch\ntorch.nn.modules.normalization.LayerNorm(3)",
        LAYER_NORM,
    ),
    "from where it is defined": (
        "from torch.nn.modules.normalization import LayerNorm\nLayerNorm(3)",
        LAYER_NORM,
    ),
    "round trip": ("import torch.nn.functional as F\nF.torch.layer_norm(x)", "torch.layer_norm"),
    "another module's F": (
        "import torch\ntorch.nn.modules.normalization.F.layer_norm(x)",
        F_LAYER_NORM,
    ),
    "private table": (
        "import torch\ntorch._C._VariableFunctions.native_layer_norm(x)",
        "torch.native_layer_norm",
    ),
    "by prefix": (
        "import torch\ntorch.ops.aten.native_layer_norm.default(x)",
        "torch.ops.aten.native_layer_norm*",
    ),
    "by prefix, longer": (
        "import torch\ntorch.ops.aten.native_layer_norm_backward(x)",
        "torch.ops.aten.native_layer_norm*",
    ),
    # names given to it
    "function to a name": ("import torch.nn.functional as F\nf = F.layer_norm", F_LAYER_NORM),
    "module to a name": ("import torch\nt = torch.nn\nu = t\nu.LayerNorm(3)", LAYER_NORM),
    "module by unpacking": (
        "import torch\na, (b, c) = 1, (torch.nn, 2)\nb.LayerNorm(3)",
        LAYER_NORM,
    ),
    "module by walrus": (
        "import torch\nif (n := torch.nn):\n  n.LayerNorm(3)",
        LAYER_NORM,
    ),
    "module by default": (
        "import torch.nn.functional as F\ndef f(x, m=F): return m.layer_norm(x)",
        F_LAYER_NORM,
    ),
    "module by keyword default": (
        "import torch.nn.functional as F\ndef f(x, *, m=F): return m.layer_norm(x)",
        F_LAYER_NORM,
    ),
    "function as default": (
        "import torch.nn.functional as F\ndef f(x, g=F.layer_norm): return g(x)",
        F_LAYER_NORM,
    ),
    "module as class attribute": (
        "import torch\nclass A:\n  n = torch.nn\n  def f(self): return self.n.LayerNorm(3)",
        LAYER_NORM,
    ),
    "module as instance attribute": (
        (
            "import torch\nclass A:\n  def __init__(self): self.n = torch.nn\n"
            "  def f(self): return self.n.LayerNorm(3)"
        ),
        LAYER_NORM,
    ),
    "module in a list": ("import torch\nl = [1, torch.nn]\nl[1].LayerNorm(3)", LAYER_NORM),
    "module in a dict": ('import torch\nd = {"n": torch.nn}\nd["n"].LayerNorm(3)', LAYER_NORM),
    "module by get": ('import torch\nd = {"n": torch.nn}\nd.get("n").LayerNorm(3)', LAYER_NORM),
    "module appended": ("import torch\nl = []\nl.append(torch.nn)\nl[0].LayerNorm(3)", LAYER_NORM),
    "module put in": ('import torch\nd = {}\nd["a"] = torch.nn\nd["a"].LayerNorm(3)', LAYER_NORM),
    "module by loop": (
        "import torch\nfor n in (torch, torch.nn):\n  n.LayerNorm(3)",
        LAYER_NORM,
    ),
    "module by comprehension": (
        "import torch\n[m.LayerNorm(3) for m in [torch.nn]]",
        LAYER_NORM,
    ),
    "module by items": (
        'import torch\nfor k, m in {"a": torch.nn}.items():\n  m.LayerNorm(3)',
        LAYER_NORM,
    ),
    "module by condition": (
        "import torch\nn = torch.nn if x else None\nn.LayerNorm(3)",
        LAYER_NORM,
    ),
    "module by or": ("import torch\nn = None or torch.nn\nn.LayerNorm(3)", LAYER_NORM),
    "module by argument": (
        "import torch\ndef f(m): return m.LayerNorm(3)\nf(torch.nn)",
        LAYER_NORM,
    ),
    "module by keyword": (
        "import torch\ndef f(m): return m.LayerNorm(3)\nf(m=torch.nn)",
        LAYER_NORM,
    ),
    "module by lambda": ("import torch\n(lambda m: m.LayerNorm(3))(torch.nn)", LAYER_NORM),
    "module by return": ("import torch\ndef f(): return torch.nn\nf().LayerNorm(3)", LAYER_NORM),
    "module by global": (
        "import torch\ndef g():\n  global n\n  n = torch.nn\ndef f(): return n.LayerNorm(3)",
        LAYER_NORM,
    ),
    "module by nonlocal": (
        (
            "import torch\ndef f():\n  n = None\n  def g():\n    nonlocal n\n    n = torch.nn\n"
            "  g()\n  return n.LayerNorm(3)"
        ),
        LAYER_NORM,
    ),
    "used before it is bound": (
        "import torch\ndef f(): return n.LayerNorm(3)\nn = torch.nn",
        LAYER_NORM,
    ),
    "module by method": (
        "import torch\nclass A:\n  def f(self, m): return m.LayerNorm(3)\nA().f(torch.nn)",
        LAYER_NORM,
    ),
    "module by constructor": (
        (
            "import torch\nclass A:\n  def __init__(self, m): self.m = m\n"
            "  def f(self): return self.m.LayerNorm(3)\nA(torch.nn)"
        ),
        LAYER_NORM,
    ),
    "base class": ("from torch import nn\nclass X(nn.LayerNorm): pass", LAYER_NORM),
    "base class by name": (
        "from torch.nn import LayerNorm\nclass X(LayerNorm): pass",
        LAYER_NORM,
    ),
    "type()": ("from torch import nn\nX = type('X', (nn.LayerNorm,), {})", LAYER_NORM),
    "decorator": ("import torch.nn.functional as F\n@F.layer_norm\ndef f(): pass", F_LAYER_NORM),
    "in a dict display": (
        'import torch.nn.functional as F\nd = {"f": F.layer_norm}',
        F_LAYER_NORM,
    ),
    "in partial": (
        "import functools, torch.nn.functional as F\nf = functools.partial(F.layer_norm, x)",
        F_LAYER_NORM,
    ),
    "compared after the call": (
        "import torch.nn.functional as F\nx == F.layer_norm(x, (3,))",
        F_LAYER_NORM,
    ),
    "called inside isinstance": (
        "from torch import nn\nisinstance(nn.LayerNorm(3), nn.Module)",
        LAYER_NORM,
    ),
    "in an f-string": ('from torch import nn\nf"{nn.LayerNorm(3)}"', LAYER_NORM),
    # getattr and its relatives
    "getattr": (
        'import torch.nn.functional as F\ngetattr(F, "layer_norm")(x)',
        F_LAYER_NORM,
    ),
    "getattr of a class": ('from torch import nn\ngetattr(nn, "LayerNorm")(3)', LAYER_NORM),
    "getattr, added": (
        'import torch.nn.functional as F\ngetattr(F, "layer" + "_" + "norm")',
        F_LAYER_NORM,
    ),
    "getattr, f-string": (
        'import torch.nn.functional as F\na = "layer"\ngetattr(F, f"{a}_norm")',
        F_LAYER_NORM,
    ),
    "getattr, format": (
        'import torch.nn.functional as F\ngetattr(F, "{}_{}".format("layer", "norm"))',
        F_LAYER_NORM,
    ),
    "getattr, percent": (
        'import torch.nn.functional as F\ngetattr(F, "%s_norm" % "layer")',
        F_LAYER_NORM,
    ),
    "getattr, join": (
        'import torch.nn.functional as F\ngetattr(F, "_".join(["layer", "norm"]))',
        F_LAYER_NORM,
    ),
    "getattr, reversed": (
        'import torch.nn.functional as F\ngetattr(F, "mron_reyal"[::-1])',
        F_LAYER_NORM,
    ),
    "getattr, replaced": (
        'import torch.nn.functional as F\ngetattr(F, "layerXnorm".replace("X", "_"))',
        F_LAYER_NORM,
    ),
    "getattr, from letters": (
        (
            "import torch.nn.functional as F\n"
            'getattr(F, "".join(map(chr, [108, 97, 121, 101, 114, 95, 110, 111, 114, 109])))'
        ),
        F_LAYER_NORM,
    ),
    "getattr, by loop": (
        'import torch.nn.functional as F\nfor n in ("relu", "layer_norm"):\n  getattr(F, n)',
        F_LAYER_NORM,
    ),
    "getattr, by another name": (
        'import torch.nn.functional as F\ng = getattr\ng(F, "layer_norm")',
        F_LAYER_NORM,
    ),
    "getattr, in two steps": (
        'import torch\ngetattr(getattr(torch, "nn"), "LayerNorm")',
        LAYER_NORM,
    ),
    "getattr by own helper": (
        'import torch.nn.functional as F\ndef g(m, n): return getattr(m, n)\ng(F, "layer_norm")',
        F_LAYER_NORM,
    ),
    "getattr, spread": (
        'import torch.nn.functional as F\ngetattr(*[F, "layer_norm"])',
        F_LAYER_NORM,
    ),
    "getattr by map": (
        'import torch.nn.functional as F\nlist(map(getattr, [F], ["layer_norm"]))',
        F_LAYER_NORM,
    ),
    "getattr by reduce": (
        (
            "import functools, torch\n"
            'functools.reduce(getattr, "nn.functional.layer_norm".split("."), torch)'
        ),
        F_LAYER_NORM,
    ),
    "getattr by partial": (
        'import functools, torch\nfunctools.partial(getattr, torch)("layer_norm")',
        "torch.layer_norm",
    ),
    "builtins.getattr": (
        'import builtins, torch\nbuiltins.getattr(torch, "layer_norm")',
        "torch.layer_norm",
    ),
    "__builtins__": (
        'import torch\n__builtins__["getattr"](torch, "layer_norm")',
        "torch.layer_norm",
    ),
    "__getattribute__": (
        'import torch\ntorch.__getattribute__("layer_norm")',
        "torch.layer_norm",
    ),
    "object.__getattribute__": (
        'import torch\nobject.__getattribute__(torch, "layer_norm")',
        "torch.layer_norm",
    ),
    "getattr_static": (
        'import inspect, torch\ninspect.getattr_static(torch, "layer_norm")',
        "torch.layer_norm",
    ),
    "attrgetter": (
        'import operator as o, torch\no.attrgetter("nn.functional.layer_norm")(torch)',
        F_LAYER_NORM,
    ),
    "methodcaller": (
        'import torch, operator\noperator.methodcaller("layer_norm", x)(torch)',
        "torch.layer_norm",
    ),
    "itemgetter": (
        'import torch, operator\noperator.itemgetter("layer_norm")(vars(torch))',
        "torch.layer_norm",
    ),
    "__dict__": ('import torch\ntorch.__dict__["layer_norm"]', "torch.layer_norm"),
    "__dict__.get": ('import torch\ntorch.__dict__.get("layer_norm")', "torch.layer_norm"),
    "vars": ('import torch\nvars(torch)["layer_norm"]', "torch.layer_norm"),
    "globals": ('from torch.nn import LayerNorm\nglobals()["LayerNorm"](3)', LAYER_NORM),
    "a module in globals": ('import torch\nglobals()["torch"].layer_norm(x)', "torch.layer_norm"),
    "__import__": ('__import__("torch").layer_norm(x)', "torch.layer_norm"),
    "__import__ of a package": (
        '__import__("torch.nn.functional").nn.functional.layer_norm(x)',
        F_LAYER_NORM,
    ),
    "__import__ with fromlist": (
        '__import__("torch.nn.functional", fromlist=["x"]).layer_norm(x)',
        F_LAYER_NORM,
    ),
    "import_module": (
        'import importlib\nimportlib.import_module("torch.nn.functional").layer_norm(x)',
        F_LAYER_NORM,
    ),
    "import_module, relative": (
        'from importlib import import_module as i\ni(".functional", "torch.nn").layer_norm(x)',
        F_LAYER_NORM,
    ),
    "import_module of the forbidden": (
        'import importlib\nimportlib.import_module("torch.nn." + "attention")',
        "torch.nn.attention",
    ),
    "resolve_name": (
        'import pkgutil\npkgutil.resolve_name("torch.nn.functional:layer_norm")(x)',
        F_LAYER_NORM,
    ),
    "sys.modules": (
        'import sys\nsys.modules["torch.nn.functional"].layer_norm(x)',
        F_LAYER_NORM,
    ),
    "sys.modules.get": (
        'import sys\nsys.modules.get("torch").layer_norm(x)',
        "torch.layer_norm",
    ),
    "eval": ('import torch\neval("torch.layer_norm(x)")', "torch.layer_norm"),
    "exec": ('exec("import torch\\nf = torch.layer_norm")', "torch.layer_norm"),
    "exec, then used": ('exec("import torch as t")\nt.layer_norm(x)', "torch.layer_norm"),
    "exec of compile": (
        'import torch\nexec(compile("torch.layer_norm(x)", "", "exec"))',
        "torch.layer_norm",
    ),
    "eval of a sum": ('import torch\neval("torch.layer" + "_norm")', "torch.layer_norm"),
    "eval of a name in pieces": (
        'import torch\neval("torch.layer" "_no" + "rm")',
        "torch.layer_norm",
    ),
    "builtins.exec": (
        'import builtins\nbuiltins.exec("import torch; torch.lay\\x65r_norm")',
        "torch.layer_norm",
    ),
    "eval in eval": ("import torch\neval(\"eval('torch.layer_norm')\")", "torch.layer_norm"),
    "other letters, the same name": ("import torch\ntorch.ｌayer_norm(x)", "torch.layer_norm"),
    # names that only the run can tell
    "unknown name": (
        "import torch.nn.functional as F\ndef f(n): return getattr(F, n)",
        F_LAYER_NORM,
    ),
    "decoded name": (
        (
            "import base64, torch.nn.functional as F\n"
            'getattr(F, base64.b64decode(b"bGF5ZXJfbm9ybQ==").decode())'
        ),
        F_LAYER_NORM,
    ),
    "name changed later": (
        'import torch.nn.functional as F\nn = "relu"\nn = decode(n)\ngetattr(F, n)',
        F_LAYER_NORM,
    ),
    "unknown key": (
        "import torch.nn.functional as F\ndef f(n): return vars(F)[n]",
        F_LAYER_NORM,
    ),
    "all names": (
        "import torch.nn.functional as F\nfor n, f in vars(F).items(): pass",
        F_LAYER_NORM,
    ),
    "all members": (
        "import inspect, torch.nn.functional as F\ninspect.getmembers(F)",
        F_LAYER_NORM,
    ),
    # methods of tensors, where the table names them
    "method of a tensor": ("def f(x): return x.softmax(-1)", "torch.Tensor.softmax"),
    "method, unbound": ("import torch\ntorch.Tensor.softmax(x, -1)", "torch.Tensor.softmax"),
}


@pytest.mark.parametrize("case", HITS)
def test_it_is_refused(case: str) -> None:
    source, name = HITS[case]
    assert names(source) == [name]


MISSES = {
    "own function": "def layer_norm(x): return x\nlayer_norm(3)",
    "own function, passed on": "def layer_norm(x): return x\nf = layer_norm\nf(1)",
    "own class": "class LayerNorm:\n  pass\nLayerNorm()",
    "own subclass of Module": (
        "from torch import nn\nclass LayerNorm(nn.Module):\n"
        "  def __init__(self):\n    super().__init__()\nLayerNorm()"
    ),
    "own method": (
        "class A:\n  def layer_norm(self, x): return x\n  def f(self, x): return self.layer_norm(x)"
    ),
    "own method of another object": (
        "class A:\n  def layer_norm(self, x): return x\ndef f(a): return a.layer_norm(1)"
    ),
    "method of something unknown": "def f(model, x): return model.layer_norm(x)",
    "own after star": (
        "from torch.nn.functional import *\ndef layer_norm(x): return x\nlayer_norm(1)"
    ),
    "comment": "import torch\n# torch.layer_norm(x) would be too easy",
    "docstring": 'import torch\ndef f():\n  """Like torch.layer_norm."""',
    "string": 'import torch\ns = "torch.layer_norm"\nprint(s, getattr(s, "upper"))',
    "isinstance": "from torch import nn\ndef f(m): return isinstance(m, nn.LayerNorm)",
    "isinstance of several": (
        "from torch import nn\ndef f(m): return isinstance(m, (nn.Linear, nn.LayerNorm))"
    ),
    "isinstance of a union": (
        "from torch import nn\ndef f(m): return isinstance(m, nn.Linear | nn.LayerNorm)"
    ),
    "isinstance by import": (
        "from torch.nn import LayerNorm\ndef f(m): return isinstance(m, LayerNorm)"
    ),
    "issubclass": "from torch import nn\ndef f(c): return issubclass(c, nn.LayerNorm)",
    "type is": "from torch import nn\ndef f(m): return type(m) is nn.LayerNorm",
    "type in": "from torch import nn\ndef f(m): return type(m) in (nn.Linear, nn.LayerNorm)",
    "class pattern": (
        "from torch import nn\ndef f(m):\n  match m:\n    case nn.LayerNorm(): return 1"
    ),
    "annotations": (
        "from torch import nn\nx: nn.LayerNorm | None = None\n"
        "def f(m: nn.LayerNorm, *a: list[nn.LayerNorm]) -> dict[str, nn.LayerNorm]: ...\n"
        "class A:\n  n: nn.LayerNorm"
    ),
    "annotation as a string": 'def f(m: "torch.nn.LayerNorm"): ...',
    "unused import of a class": "from torch.nn import LayerNorm",
    "other functions of the module": (
        "import torch.nn.functional as F\nF.relu(F.batch_norm(x, None, None))"
    ),
    "longer names": "import torch.nn.functional as F\nF.layer_normalise(x)\nF.layer_norm_2(x)",
    "a parameter that is called F": (
        "import torch.nn.functional as F\ndef f(F): return F.layer_norm"
    ),
    "a local that is called F": (
        "import torch.nn.functional as F\ndef f(x):\n  F = x.shape[1]\n  return F.layer_norm"
    ),
    "a loop variable that is called F": (
        "import torch.nn.functional as F\n[F.layer_norm for F in models]"
    ),
    "monkey patch": "import torch.nn.functional as F\ndef mine(x): return x\nF.layer_norm = mine",
    "getattr of something allowed": (
        'import torch.nn.functional as F\ngetattr(F, "relu")(x)\ngetattr(F, "ge" + "lu")(x)'
    ),
    "getattr of known names": (
        'import torch.nn.functional as F\ndef f(n): return getattr(F, n)\nf("relu"), f("gelu")'
    ),
    "getattr with a default": (
        'import torch.nn.functional as F\ndef f(x, n="relu"): return getattr(F, n)(x)'
    ),
    "getattr of a table's names": (
        'import torch.nn.functional as F\nA = {"a": "relu", "b": "gelu"}\n'
        'getattr(F, A["a"])\nfor n in A.values(): getattr(F, n)'
    ),
    "getattr of something else": "def f(model, n): return getattr(model, n)",
    "getattr of a module without it": "import torch, math\ndef f(n): return getattr(math, n)",
    "unknown name of a module below": "import torch\ndef f(n): return getattr(torch.optim, n)",
    "own globals": 'def layer_norm(x): return x\nglobals()["layer_norm"](1)',
    "own eval": 'def layer_norm(x): return x\neval("layer_norm(1)")',
    "own getattr": ("import torch\ndef getattr(a, b): return 1\ngetattr(torch, 'layer_norm')"),
    "another module of the same name": "import numpy as torch\ntorch.layer_norm(x)",
    "another package": "from apex.normalization import LayerNorm\nLayerNorm(3)",
    "relative import": "from . import layer_norm\nlayer_norm(x)",
    "method that is own": (
        "class T:\n  def softmax(self, d): return d\ndef f(t): return t.softmax(-1)"
    ),
    "method of the module itself": "class A:\n  def f(self, x): return self.softmax(x)",
    "function that is not the method": "import torch\ntorch.softmax(x, -1)",
    "dictionary with such a key": 'd = {"layer_norm": 1}\nd["layer_norm"], d.get("layer_norm")',
    "keyword of such a name": "def f(layer_norm=True): return layer_norm\nf(layer_norm=False)",
    "state dict": "def f(m): return {k: v for k, v in vars(m).items()}",
}


@pytest.mark.parametrize("case", MISSES)
def test_it_is_left_alone(case: str) -> None:
    assert find_forbidden(MISSES[case], FORBIDDEN) == []


def test_a_refusal_says_where_what_and_why() -> None:
    source = (
        "import torch.nn.functional as F\n\ndef f(x):\n    é = 1; return F.layer_norm(x, (3,))\n"
    )
    assert find_forbidden(source, FORBIDDEN) == [
        Refusal(
            name=F_LAYER_NORM,
            why=WHY,
            line=4,
            column=19,
            message="`F.layer_norm` is `torch.nn.functional.layer_norm`, which may not be used "
            "here. It is the function you are asked to write.",
        )
    ]


def test_a_name_written_out_is_not_explained_to_itself() -> None:
    (refusal,) = find_forbidden("import torch\ntorch.layer_norm(x)", FORBIDDEN)
    assert refusal.message == f"`torch.layer_norm` may not be used here. {WHY}"


def test_a_name_known_only_at_run_time_says_what_to_do() -> None:
    source = "import torch.nn.functional as F\ndef f(n): return getattr(F, n)"
    (refusal,) = find_forbidden(source, FORBIDDEN)
    assert refusal.message == (
        "`getattr(F, n)` takes a name from `torch.nn.functional` that is only known when the code "
        f"runs, and `{F_LAYER_NORM}` may not be used here. Write the name out. {WHY}"
    )


def test_code_in_a_string_is_refused_on_the_line_that_runs_it() -> None:
    (refusal,) = find_forbidden('import torch\n\n\neval("\\n\\ntorch.layer_norm")', FORBIDDEN)
    assert refusal.line == 4


def test_refusals_come_in_the_order_of_the_file_and_not_twice() -> None:
    source = "import torch\ndef f():\n  return torch.nn.LayerNorm(3)\nf()\nf()\ntorch.layer_norm(x)"
    assert [(one.line, one.name) for one in find_forbidden(source, FORBIDDEN)] == [
        (3, LAYER_NORM),
        (6, "torch.layer_norm"),
    ]


def test_nothing_is_forbidden_where_the_table_is_empty() -> None:
    assert find_forbidden("import torch\ntorch.layer_norm(x)", {}) == []


@pytest.mark.parametrize(
    "source",
    [
        "def layer_norm(:",
        "layer_norm = '\0'",
        "layer_norm = " + "(" * 5000 + ")" * 5000,
        "layer_norm = " + "-" * 60_000 + "1",
        "layer_norm" + ".a" * 30_000,
        "layer_norm = 1\n" + "exec('" + "-" * 50_000 + "1')\nlayer_norm" + ".a" * 30_000,
        "layer_norm = '\ud800'",
        "layer_norm = " + "[" * 90 + "]" * 90 + "\n" + "f(" * 20_000,
    ],
    ids=["syntax", "null", "parentheses", "signs", "attributes", "inner", "surrogate", "calls"],
)
def test_hostile_text_is_unparsable_with_a_sentence(source: str) -> None:
    with pytest.raises(Unparsable, match=r"^The file .+\.$"):
        find_forbidden(source, FORBIDDEN)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + " + ".join(["layer_norm"] * 900),
        "x = " + " + ".join(['"layer_norm"'] * 900),
        "x = 'a' * 10**10 + 'layer_norm'\ngetattr(x, '%0999999999d' % 1)",
        "x = '{:>999999999}'.format('layer_norm')\ngetattr(x, x)",
        "layer_norm = 1\nif x:\n"
        + "".join(" " * n + "if x:\n" for n in range(1, 95))
        + " " * 95
        + "y",
        "def layer_norm(f): return f(f)\nlayer_norm(layer_norm)",
        "layer_norm = lambda f: layer_norm(lambda g: f(g))\nlayer_norm(layer_norm)",
        "x = []\nx.append(x)\nx = [x, x]\nx = {1: x, 2: [x]}\nfor x in x: x = [x]\nlayer_norm",
        "import functools\np = getattr\nfor _ in y: p = functools.partial(p, p)\nlayer_norm",
        "n = 'layer_norm'\nfor _ in y: n += n; n = n[1:]; n = n.replace('a', n)",
        "def f(*a, **k): return f(*a, f, **k)\nf(f, layer_norm=f)",
        "eval('eval(\"eval(\\'layer_norm\\')\")')\nexec('exec(x)')",
        "x = 'eval(x)'\neval(x)\nlayer_norm",
        "layer_norm = 1\nexec('x" + ".a" * 30_000 + "')",
    ],
)
def test_odd_but_valid_files_are_read_in_no_time(source: str) -> None:
    started = time.perf_counter()
    find_forbidden(source, FORBIDDEN)
    assert time.perf_counter() - started < 2


def large(kilobytes: int) -> str:
    part = (
        "def layer_norm_{n}(x, weight, bias, eps=1e-5):\n"
        "    mean = x.mean(-1, keepdim=True)\n"
        "    variance = ((x - mean) ** 2).mean(-1, keepdim=True)\n"
        "    table = {{'mean': mean, 'variance': variance}}\n"
        "    for name, value in table.items():\n"
        "        y_{n} = getattr(value, 'shape')[0] + F.relu(value).sum()\n"
        "    return (x - table['mean']) / torch.sqrt(variance + eps) * weight + bias\n\n"
    )
    text = "import torch\nimport torch.nn.functional as F\n\n"
    for number in range(kilobytes * 1024 // len(part)):
        text += part.format(n=number)
    return text


def test_the_time_is_in_proportion_to_the_text() -> None:
    def seconds(kilobytes: int) -> float:
        text = large(kilobytes)
        times = []
        for _ in range(3):
            started = time.perf_counter()
            assert find_forbidden(text, FORBIDDEN) == []
            times.append(time.perf_counter() - started)
        return min(times)

    small, whole = seconds(16), seconds(64)
    assert whole < 10 * small + 0.2
    assert whole < 5


WORDS = [
    *("F", "torch", "nn", "layer_norm", "LayerNorm", "getattr", "vars", "globals", "eval", "exec"),
    *(
        "import",
        "from",
        "as",
        "def",
        "class",
        "lambda",
        "for",
        "in",
        "if",
        "else",
        "while",
        "return",
    ),
    *("yield", "global", "nonlocal", "with", "try", "except", "match", "case", "is", "not", "and"),
    *("(", ")", "[", "]", "{", "}", ",", ":", ".", "=", ":=", "+", "*", "**", "%", "@", "->", "\n"),
    *("\n    ", "'layer_norm'", "'%s'", "f'{x}'", "b'x'", "0", "1", "-1", "x", "self", "*x", "**x"),
    *(
        "__dict__",
        "__import__",
        "sys.modules",
        "functools.reduce",
        "None",
        ";",
        "\\",
        "async",
        "await",
    ),
]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
@settings(max_examples=400, deadline=None)
def test_token_soup_never_raises_anything_else(words: list[str]) -> None:
    read("import torch.nn.functional as F, torch, sys, functools\n" + " ".join(words))


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_text_never_raises_anything_else(text: str) -> None:
    read(f"{text}\nlayer_norm")


def read(source: str) -> None:
    try:
        refusals = find_forbidden(source, FORBIDDEN)
    except Unparsable:
        return
    assert all(one.line >= 1 and one.column >= 1 and one.message for one in refusals)


def test_shuffled_statements_of_real_code_never_raise() -> None:
    """Valid code in an order that nobody writes: what is read first is bound last."""
    statements = [source for source, _ in HITS.values()] + list(MISSES.values())
    chance = random.Random(7)
    for _ in range(60):
        read("\n".join(chance.sample(statements, 12)))


def test_tokens_of_real_code_in_any_order_never_raise() -> None:
    text = large(2) + "\n".join(source for source, _ in HITS.values())
    tokens = [token.string for token in tokenize.generate_tokens(StringIO(text).readline)]
    chance = random.Random(11)
    for _ in range(200):
        start = chance.randrange(len(tokens))
        piece = tokens[start : start + 30]
        chance.shuffle(piece)
        read(" ".join(piece) + "\nlayer_norm")
