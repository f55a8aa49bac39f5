"""Write docs/report.schema.json, the format of exports: .venv/bin/python tools/report_schema.py"""

import json

from backend.report.writing import schema
from backend.settings import REPOSITORY

FILE = REPOSITORY / "docs" / "report.schema.json"


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
