"""Findings on engineering judgement."""

from backend.rubric.findings import devices, habits
from backend.rubric.findings.finding import Kind

_CRITERION = "engineering-judgement"

JUDGEMENT = (
    Kind(
        "hard-coded-device",
        "A device written into the code",
        _CRITERION,
        "Take the device from the input or a parameter, so that it also runs without a GPU.",
        "moderate",
        devices.hard_coded_device,
    ),
    Kind(
        "device-mismatch",
        "A tensor made on the default device in forward",
        _CRITERION,
        "Give device=x.device, or use a factory such as x.new_zeros or torch.zeros_like.",
        "moderate",
        devices.device_mismatch,
    ),
    Kind(
        "seed-in-solution",
        "A seed set inside of the solution",
        _CRITERION,
        "Leave seeding to the program, or take a torch.Generator: this changes the caller's draws.",
        "moderate",
        habits.seed_in_solution,
    ),
    Kind(
        "broad-except",
        "An except that catches everything",
        _CRITERION,
        "Catch the errors that you expect, by name; others should be seen.",
        "moderate",
        habits.broad_except,
    ),
    Kind(
        "print-left-in",
        "A print left in",
        _CRITERION,
        "Take it out when the question that it answered is settled.",
        "minor",
        habits.print_left_in,
    ),
    Kind(
        "mutable-default",
        "A mutable default argument",
        _CRITERION,
        "Use None and make the list or dict inside: the default is shared by all calls.",
        "minor",
        habits.mutable_default,
    ),
    Kind(
        "copy-in-loop",
        "A whole model copied in every turn of a loop",
        _CRITERION,
        "Copy once before the loop, or only what changes: each copy takes the memory of the model.",
        "minor",
        habits.copy_in_loop,
    ),
    Kind(
        "unsafe-load",
        "torch.load with weights_only=False",
        _CRITERION,
        "Keep the default: a file loaded this way may run any code.",
        "minor",
        habits.unsafe_load,
    ),
    Kind(
        "follows-device",
        "New tensors follow their input's device",
        _CRITERION,
        "The code runs wherever its data is.",
        "minor",
        devices.follows_device,
        good=True,
    ),
)
