"""/api/v1/questions: the library, and one question with what opens step by step."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.dependencies import Service
from backend.questions import service
from backend.questions.schemas import HintView, QuestionList, QuestionView, SolutionView

router = APIRouter(prefix="/api/v1/questions", tags=["questions"])
Filter = Annotated[str | None, Query(max_length=200)]


@router.get("")
def list_questions(
    parts: Service,
    q: Filter = None,
    kind: Filter = None,
    lesson: Filter = None,
    level: Filter = None,
) -> QuestionList:
    return service.search(parts.bank, q or None, kind or None, lesson or None, level or None)


@router.get("/{slug}")
def read_question(parts: Service, slug: str) -> QuestionView:
    return service.view(service.find(parts.bank, slug))


@router.get("/{slug}/hints/{number}")
def read_hint(parts: Service, slug: str, number: int) -> HintView:
    return service.hint(service.find(parts.bank, slug), number)


@router.get("/{slug}/solution")
def read_solution(
    parts: Service, slug: str, run: Annotated[str, Query(max_length=200)]
) -> SolutionView:
    with parts.database.read() as session:
        return service.solution(session, service.find(parts.bank, slug), run)
