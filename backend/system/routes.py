"""What runs here and how it is: /api/v1/system, /healthz, /readyz."""

from fastapi import APIRouter

from backend import __version__
from backend.dependencies import Service
from backend.errors import come_back
from backend.system.schemas import HealthView, LayerView, SlotView, SystemView

router = APIRouter(tags=["system"])


@router.get("/api/v1/system")
async def read_system(parts: Service) -> SystemView:
    status = parts.executor.status
    sandbox = status.sandbox
    layers = sandbox.layers if sandbox else []
    return SystemView(
        version=__version__,
        slot=SlotView(
            kind=sandbox.kind if sandbox else "",
            state=status.state,
            layers=[LayerView(name=one.name, holds=one.holds, detail=one.detail) for one in layers],
            warning=status.warning,
            problem=status.problem,
        ),
        torch=sandbox.torch if sandbox else None,
        slots=parts.settings.slots,
        executors=None,
    )


@router.get("/healthz")
async def is_up() -> HealthView:
    return HealthView(status="ok")


@router.get("/readyz")
def is_ready(parts: Service) -> HealthView:
    if not parts.database.is_migrated():
        raise come_back("not-migrated", "Not ready", "The database is not migrated yet.", 1)
    status = parts.executor.status
    if status.state != "ready":
        reason = status.problem or f"The slots are {status.state}."
        raise come_back("no-slot", "Not ready", reason, 1)
    return HealthView(status="ok")
