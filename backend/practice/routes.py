"""/api/v1/practice: how far this browser has come, and to forget it."""

from fastapi import APIRouter, Request, Response

from backend.dependencies import Service
from backend.practice import service
from backend.practice.learner import forget, known, learner_of
from backend.practice.schemas import ForgottenView, PracticeView

router = APIRouter(prefix="/api/v1/practice", tags=["practice"])


@router.get("")
def read_practice(parts: Service, request: Request, response: Response) -> PracticeView:
    learner = known(request)
    response.headers["Cache-Control"] = "no-store"
    if learner:
        learner_of(request).keep(response)
    with parts.database.read() as session:
        return service.view(session, parts.bank, learner, parts.clock())


@router.delete("")
def forget_practice(parts: Service, request: Request, response: Response) -> ForgottenView:
    forget(request, response)
    with parts.database.write() as session:
        return service.forget(session, known(request))
