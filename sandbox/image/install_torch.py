"""Install torch into the Python that runs this file, in the build that was asked for.

On Linux the build that pip finds by default brings some 3 GB of CUDA libraries. A laptop, a CI
machine and a CPU slot want the one of 200 MB, which has an index of its own. Who knows an address
gives it (`--index`); who has a wheel lying ready tells pip so (PIP_FIND_LINKS or pip's
configuration); for everybody else uv knows by itself where each build lives (`--backend`).

Standard library only: it runs in a fresh virtual environment and inside the image's build.
"""

import argparse
import json
import subprocess
import sys


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "install", *arguments], check=True)


def lying_ready(requirement: str) -> str | None:
    """Version of the best fitting wheel in the folders that pip is pointed to; asks no network."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"]
    command += ["--no-index", "--ignore-installed", "--report", "-", requirement]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        return None
    [item] = json.loads(answer.stdout)["install"]
    return str(item["metadata"]["version"])


def install(requirement: str, backend: str, index: str) -> None:
    if index:
        print(f"torch: {requirement} from the index that was given", flush=True)
        # Another build of the same version counts as installed: it has to be replaced by force.
        pip("--index-url", index, "--force-reinstall", requirement)
        return
    if version := lying_ready(requirement):
        print(f"torch: {version}, from a folder", flush=True)
        # The exact version: the usual index may have a newer one, in a build that nobody wants.
        pip(f"torch=={version}")
        return
    if sys.platform != "linux" or backend == "default":
        pip(requirement)
        return
    print(f"torch: {requirement}, build {backend!r}, found by uv", flush=True)
    pip("--quiet", "uv>=0.9")
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable]
    uv += ["--reinstall-package", "torch", "--torch-backend", backend, requirement]
    answer = subprocess.run(uv, check=False)
    if answer.returncode:
        raise SystemExit(
            f"torch: the build {backend!r} could not be fetched. Do one of these and try again:\n"
            "- give the address of a package index that has it in TORCHROOM_TORCH_INDEX (the\n"
            "  installation page of PyTorch names one for each build);\n"
            "- put its wheel into a folder and name that in PIP_FIND_LINKS;\n"
            "- set TORCHROOM_TORCH_BACKEND=default to take what pip finds by itself: on Linux\n"
            "  some 3 GB, with CUDA."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Install torch in the build that was asked for.")
    parser.add_argument("--requirement", required=True, help="such as torch==2.13.0")
    parser.add_argument("--backend", default="cpu", help="cpu, cu128, ..., auto, or default")
    parser.add_argument("--index", default="", help="address of a package index that has the build")
    parser.add_argument("others", nargs="*", help="installed afterwards, from the usual index")
    asked = parser.parse_args()
    install(asked.requirement, asked.backend, asked.index)
    if asked.others:
        pip(*asked.others)


if __name__ == "__main__":
    main()
