"""Every kind of finding, by the criterion that it speaks about."""

from collections.abc import Mapping

from backend.rubric.findings.finding import Kind
from backend.rubric.findings.kinds.gradients import GRADIENTS
from backend.rubric.findings.kinds.judgement import JUDGEMENT
from backend.rubric.findings.kinds.modules import MODULES
from backend.rubric.findings.kinds.shapes import SHAPES
from backend.rubric.findings.kinds.training import TRAINING

KINDS: Mapping[str, Kind] = {
    kind.id: kind for kind in (*MODULES, *SHAPES, *GRADIENTS, *TRAINING, *JUDGEMENT)
}
