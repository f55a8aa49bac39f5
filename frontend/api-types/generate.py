"""Write the service's OpenAPI document, and from it the page's types, src/api/schema.d.ts.

    .venv/bin/python frontend/api-types/generate.py

tests/e2e/test_api_types.py says when it is time to do so.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DOCUMENT = HERE / "openapi.json"
TYPES = HERE.parent / "src" / "api" / "schema.d.ts"


def document() -> str:
    """The OpenAPI document of the service as it stands in the working tree."""
    sys.path.insert(0, str(ROOT))
    from backend.app import create_app
    from backend.settings import Settings

    with tempfile.TemporaryDirectory() as empty:
        settings = Settings(questions=Path(empty), data=Path(empty))

        def no_sandbox():
            raise AssertionError("nothing is judged here")

        return json.dumps(create_app(settings, no_sandbox).openapi(), indent=1, sort_keys=True) + "\n"


def first_line(text: str) -> str:
    """Ties the types to the document they were made from."""
    return f"// From openapi.json, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}; do not edit.\n"


def main() -> None:
    text = document()
    DOCUMENT.write_text(text)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    program = HERE / "node_modules" / ".bin" / "openapi-typescript"
    made = subprocess.run([program, DOCUMENT], check=True, capture_output=True, text=True)
    TYPES.write_text(first_line(text) + made.stdout)


if __name__ == "__main__":
    main()
