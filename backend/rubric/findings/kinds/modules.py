"""Findings on how nn.Module is used."""

from backend.rubric.findings import habits, parameters
from backend.rubric.findings.finding import Kind

_CRITERION = "module-usage"

MODULES = (
    Kind(
        "raw-parameter",
        "A plain tensor where a parameter belongs",
        _CRITERION,
        "Wrap it in nn.Parameter: only then do parameters(), state_dict() and to() know of it.",
        "serious",
        parameters.raw_parameter,
    ),
    Kind(
        "missing-super-init",
        "super().__init__() is not called",
        _CRITERION,
        "Call super().__init__() first: nn.Module cannot keep parameters or layers before it.",
        "serious",
        parameters.missing_super_init,
    ),
    Kind(
        "state-not-buffer",
        "State that should be a buffer",
        _CRITERION,
        "Use register_buffer, so that the tensor is moved, cast and saved with the module.",
        "moderate",
        parameters.state_not_buffer,
    ),
    Kind(
        "modules-in-list",
        "Layers in a plain list or dict",
        _CRITERION,
        "Use nn.ModuleList or nn.ModuleDict: layers in a plain container are not registered.",
        "serious",
        parameters.modules_in_list,
    ),
    Kind(
        "unused-parameter",
        "A parameter or layer that nothing uses",
        _CRITERION,
        "Use it in forward or leave it out: it is saved, moved and never trained.",
        "moderate",
        parameters.unused_parameter,
    ),
    Kind(
        "layer-made-in-forward",
        "Weights made anew in every call",
        _CRITERION,
        "Make layers and parameters in __init__; those made in forward are never trained.",
        "serious",
        parameters.layer_made_in_forward,
    ),
    Kind(
        "calls-forward",
        "forward() called directly",
        _CRITERION,
        "Call the module itself: model(x) runs hooks, model.forward(x) passes them by.",
        "minor",
        habits.calls_forward,
    ),
    Kind(
        "functional-dropout",
        "Dropout that also drops in evaluation",
        _CRITERION,
        "Give training=self.training, or use nn.Dropout, which follows the module's mode.",
        "serious",
        habits.functional_dropout,
    ),
    Kind(
        "registers-parameter",
        "Learned tensors are parameters",
        _CRITERION,
        "The optimiser, state_dict() and to() find them by themselves.",
        "minor",
        parameters.registers_parameter,
        good=True,
    ),
    Kind(
        "registers-buffer",
        "State is a buffer",
        _CRITERION,
        "It is moved, cast and saved with the module, and not trained.",
        "minor",
        parameters.registers_buffer,
        good=True,
    ),
)
