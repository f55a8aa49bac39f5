"""What runs here and how it is: /api/v1/system, /healthz, /readyz."""

from fastapi import APIRouter

from backend import __version__
from backend.dependencies import Service
from backend.errors import come_back
from backend.system.schemas import HealthView, LayerView, SlotView, SystemView

router = APIRouter(tags=["system"])


@router.get("/api/v1/system")
async def read_system(parts: Service) -> SystemView:
    status = parts.slots.status
    layers = [LayerView(name=one.name, holds=one.holds, detail=one.detail) for one in status.layers]
    return SystemView(
        version=__version__,
        slot=SlotView(
            kind=status.kind,
            state=status.state,
            layers=layers,
            warning=status.warning,
            problem=status.problem,
        ),
        torch=status.torch,
        slots=status.slots,
        executors=status.executors,
    )


@router.get("/healthz")
async def is_up() -> HealthView:
    return HealthView(status="ok")


@router.get("/readyz")
def is_ready(parts: Service) -> HealthView:
    """Executors elsewhere come and go; this service is ready without them, and says so."""
    if not parts.database.is_migrated():
        raise come_back("not-migrated", "Not ready", "The database is not migrated yet.", 1)
    status = parts.slots.status
    if status.state != "ready" and parts.judging.executor is not None:
        reason = status.problem or f"The slots are {status.state}."
        raise come_back("no-slot", "Not ready", reason, 1)
    return HealthView(status="ok")
