"""The service, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from backend import __version__
from backend.bank import BankError, load_bank
from backend.clock import Clock, utc_now
from backend.db import Database
from backend.dependencies import Parts
from backend.errors import add_error_handlers
from backend.guard import Guard
from backend.headers import SecurityHeaders
from backend.interviews.routes import router as interviews
from backend.interviews.templates import TemplateError, load_templates
from backend.judging import arrange
from backend.pages import pages
from backend.practice.routes import router as practice
from backend.questions.routes import router as questions
from backend.report.routes import router as report
from backend.room.pace import Paces
from backend.room.rooms import RoomNews, Rooms
from backend.room.routes import router as rooms
from backend.room.run_rows import RoomRunRows
from backend.runs.live import Live
from backend.runs.routes import router as runs
from backend.settings import Settings
from backend.slots import OpenSandbox
from backend.system.routes import router as system

log = structlog.get_logger(__name__)

STOP_SECONDS = 1.5


def create_app(settings: Settings, open_sandbox: OpenSandbox, clock: Clock = utc_now) -> FastAPI:
    """The database is migrated and the sandbox opened when the app starts, not here."""
    parts = _parts(settings, open_sandbox, clock)
    app = FastAPI(
        title="Torchroom",
        version=__version__,
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # these pages load scripts from elsewhere, and nothing here does
        redoc_url=None,
    )
    app.state.parts = parts
    add_error_handlers(app)
    app.include_router(questions)
    app.include_router(interviews)
    app.include_router(runs)
    app.include_router(rooms)
    app.include_router(report)
    app.include_router(practice)
    app.include_router(system)
    app.router.redirect_slashes = False
    app.router.default = pages(settings.frontend)
    app.add_middleware(Guard, host_names=settings.host_names, code_limit=settings.code_limit)
    app.add_middleware(SecurityHeaders)
    return app


def _parts(settings: Settings, open_sandbox: OpenSandbox, clock: Clock) -> Parts:
    database = Database(settings.database_url)
    # One broken folder must not take the other questions away from everybody.
    bank = load_bank(settings.questions, on_broken=_left_out)
    templates = load_templates(settings.template_folder, bank, on_left_out=_left_out)
    news = RoomNews()
    live = Live()
    judging = arrange(settings, database, bank, clock, live, news, open_sandbox)
    rows = RoomRunRows(bank, judging.intake, judging.slots, settings.queue_limit)
    open_rooms = Rooms(database, bank, clock, rows, news, settings.code_limit)
    new_rooms = Paces(settings.rooms_per_hour)
    return Parts(settings, database, bank, judging, live, clock, open_rooms, templates, new_rooms)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    await run_in_threadpool(parts.database.migrate)
    await run_in_threadpool(parts.database.warn_of_clocks)
    parts.rooms.start()
    await run_in_threadpool(parts.judging.start)
    yield
    parts.live.stop()
    parts.rooms.stop()
    await run_in_threadpool(parts.judging.stop, STOP_SECONDS)
    # A database that hangs must not hold us: what is under way in it is left behind.
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            await parts.rooms.close(STOP_SECONDS)
    parts.database.close()


def _left_out(error: BankError | TemplateError) -> None:
    log.error("a question or a template is left out", problem=str(error))
