"""What lint says: one line for each promise that a question makes, kept or not."""

from dataclasses import asdict, dataclass
from typing import Any

MOST_COMPLAINTS = 5


@dataclass(frozen=True, slots=True)
class Promise:
    """`words` say what is promised; `detail` what was measured; `complaints` what breaks it."""

    words: str
    detail: str = ""
    complaints: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        return not self.complaints


@dataclass(frozen=True, slots=True)
class Report:
    """One question and its promises. It is sound if all are kept."""

    slug: str
    promises: tuple[Promise, ...]
    seconds: float

    @property
    def sound(self) -> bool:
        return all(promise.kept for promise in self.promises)

    def to_json(self) -> dict[str, Any]:
        promises = [{**asdict(one), "kept": one.kept} for one in self.promises]
        return {
            "slug": self.slug,
            "sound": self.sound,
            "seconds": round(self.seconds, 3),
            "promises": promises,
        }
