"""What all executors together are, as the page shows it."""

from collections.abc import Sequence

from backend.slots import WEAKEST_FIRST, Layer, SlotStatus

# The page itself says that what is sent meanwhile is kept and judged later.
NOBODY = "No executor is connected."
DRAINED = "Every executor is being drained, so none takes anything new."


def summarize(statuses: Sequence[SlotStatus], drained: int = 0) -> SlotStatus:
    """`statuses`: of those that are alive and take runs; `drained`: how many are alive besides."""
    ready = [one for one in statuses if one.state == "ready" and one.problem is None]
    if ready:
        return SlotStatus(
            "ready",
            min((one.kind for one in ready), key=WEAKEST_FIRST.index),
            ", ".join(sorted({one.torch for one in ready if one.torch})),
            _common(ready),
            slots=sum(one.slots for one in ready),
            executors=len(ready),
        )
    if any(one.state == "starting" for one in statuses):
        return SlotStatus("starting", executors=len(statuses))
    problem = next((one.problem for one in statuses if one.problem), None)
    if problem is None:
        problem = DRAINED if drained else NOBODY
    return SlotStatus("away", problem=problem, executors=len(statuses) + drained)


def _common(ready: Sequence[SlotStatus]) -> tuple[Layer, ...]:
    """A layer holds where it holds everywhere; else the detail is of one where it does not."""
    first, *others = ready
    found = []
    for layer in first.layers:
        same = [layer, *(one for other in others for one in other.layers if one.name == layer.name)]
        failing = next((one for one in same if not one.holds), None)
        missing = len(same) < len(ready)
        found.append(Layer(layer.name, False, "was not tried everywhere") if missing else layer)
        if failing is not None:
            found[-1] = failing
    return tuple(found)
