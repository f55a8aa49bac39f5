"""/api/v1/interviews: the interviews that are ready to use."""

from fastapi import APIRouter

from backend.dependencies import Service
from backend.interviews import service
from backend.interviews.schemas import InterviewList, InterviewView

router = APIRouter(prefix="/api/v1/interviews", tags=["interviews"])


@router.get("")
def list_interviews(parts: Service) -> InterviewList:
    return service.everything(parts.templates, parts.bank)


@router.get("/{slug}")
def read_interview(parts: Service, slug: str) -> InterviewView:
    return service.view(service.find(parts.templates, slug), parts.bank)
