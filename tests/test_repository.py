"""What this repository promises about itself, one test a promise."""

import ast
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.settings_page import PAGE, page

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 500
PAGES = ["README.md", "CONTRIBUTING.md", "docs/settings.md", "docs/hosting.md"]
# Put together here, so that this file does not name them either.
REGISTRIES = [
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download", "pytorch", "org"),
        ("registry", "npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("registry-1", "docker", "io"),
        ("hub", "docker", "com"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("nvcr", "io"),
        ("deb", "debian", "org"),
        ("anaconda", "org"),
        ("crates", "io"),
    )
]


def tracked() -> list[Path]:
    # Also what is new and not ignored: a promise is kept before the commit, not after.
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts(*suffixes: str) -> dict[str, str]:
    found = {}
    for path in tracked():
        if not suffixes or path.suffix in suffixes:
            try:
                found[relative(path)] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a picture or a font
    return found


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def test_no_package_registry_is_named() -> None:
    named = [
        f"{name}: {host}"
        for name, text in texts().items()
        for host in REGISTRIES
        if re.search(rf"(?<![\w-]){re.escape(host)}", text)
    ]
    assert named == []


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert project()["license"] == "Apache-2.0"
    assert "LICENSE" in (ROOT / "README.md").read_text()


def test_no_file_is_longer_than_a_person_can_hold_in_mind() -> None:
    suffixes = (".py", ".ts", ".tsx", ".css", ".sh", ".mjs")
    long = {
        name: text.count("\n")
        for name, text in texts(*suffixes).items()
        if text.count("\n") > LONGEST_FILE and not name.startswith("tests/") and ".d.ts" not in name
    }
    assert long == {}


def test_every_setting_is_documented() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/settings.md is not what the settings say: .venv/bin/python tools/settings_page.py"
    )


def test_every_variable_that_is_read_is_documented() -> None:
    documented = set(re.findall(r"TORCHROOM_[A-Z_]+", PAGE.read_text(encoding="utf-8")))
    read = {
        (name, variable)
        for name, text in texts(".py", ".sh", ".ts", "").items()
        if name.startswith("tests/support/") or not name.startswith("tests/")
        for variable in re.findall(r"TORCHROOM_[A-Z]+(?:_[A-Z]+)*", text)
    }
    assert {pair for pair in read if pair[1] not in documented} == set()


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", PAGES)
def test_commands_on_the_page_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.MULTILINE))
    assert commands <= make_targets()


@pytest.mark.parametrize("name", PAGES)
def test_what_the_page_links_to_is_there(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_readme_says_how_to_run_and_how_to_test() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n    make run\n" in text
    assert "\n    make test\n" in text


def test_make_help_names_every_target() -> None:
    said = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"make ([a-z-]+)", said.stdout)) == make_targets()


def test_ci_can_be_executed() -> None:
    program = ROOT / ".ci" / "run"
    assert os.access(program, os.X_OK)
    subprocess.run(["bash", "-n", str(program)], check=True)


def test_image_and_environment_have_the_same_torch() -> None:
    dockerfile = (ROOT / "sandbox" / "image" / "Dockerfile").read_text()
    in_image = {
        (wanted := Requirement(text)).name: wanted
        for text in re.findall(r'"((?:torch|numpy|safetensors)[=<>][^"]*)"', dockerfile)
    }
    extras = project()["optional-dependencies"]
    assert isinstance(extras, dict)
    in_environment = {(wanted := Requirement(text)).name: wanted for text in extras["torch"]}
    assert set(in_image) == set(in_environment)
    [pinned] = in_image.pop("torch").specifier
    assert pinned.operator == "=="
    assert in_environment.pop("torch").specifier.contains(pinned.version)
    assert in_image == in_environment


SQL = {"select", "insert", "update", "delete", "text", "func", "and_", "or_", "exists"}


def test_sql_is_written_in_queries_and_queue_only() -> None:
    elsewhere = []
    for name, text in texts(".py").items():
        homes = ("backend/queue/", "backend/db.py")
        at_home = name.startswith(homes) or name.endswith("/queries.py")
        if not name.startswith("backend/") or at_home:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                elsewhere += [f"{name}: {one.name}" for one in node.names if one.name in SQL]
    assert elsewhere == []


def test_nothing_is_silenced_for_good() -> None:
    """A skip without condition, or a test that is expected to fail, would rot unseen."""
    skipped = re.compile(
        r"pytest\.mark\.(skip|xfail)\b|pytest\.xfail\(|\b(it|test|describe)\.(skip|only)\b"
    )
    found = [
        name
        for name, text in texts(".py", ".ts", ".tsx").items()
        if name.startswith(("tests/", "frontend/")) and skipped.search(text)
    ]
    assert found == []
