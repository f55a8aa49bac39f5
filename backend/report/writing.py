"""The report as JSON, and the schema of it."""

import ast
import inspect
import json
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter

from backend.report import document
from backend.report.document import Report


def to_json(report: Report) -> dict[str, Any]:
    return asdict(report)


def to_text(report: Report) -> str:
    return json.dumps(to_json(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, as docs/report.schema.json keeps it."""
    made = TypeAdapter(Report).json_schema(mode="serialization")
    described = _described(made.pop("$defs"), made)
    closed: dict[str, Any] = _closed({**made, "$defs": described})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **closed}


def _described(definitions: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """The strings under the attributes of the dataclasses become descriptions of the fields."""
    for one in ast.parse(inspect.getsource(document)).body:
        if not isinstance(one, ast.ClassDef):
            continue
        fields = (definitions.get(one.name) or whole)["properties"]
        for field, text in pairwise(one.body):
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                about = " ".join(str(text.value.value).split())
                fields[field.target.id] = {"description": about, **fields[field.target.id]}
    return definitions


def _closed(node: Any) -> Any:
    """Every field is always there, and no other is: so a reader may rely on both."""
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    # Titles that are made of names say nothing new; a property may be called so as well.
    found = {
        name: _closed(value)
        for name, value in node.items()
        if not (name == "title" and isinstance(value, str))
    }
    if found.get("type") == "object":
        found["required"] = list(found["properties"])
        found["additionalProperties"] = False
    return found
