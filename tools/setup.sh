#!/bin/sh
# Hand over to tools/setup.py with a Python that can run it: the virtual environment's own where
# there is one, else the first on PATH that is new enough. PYTHON=/path/to/python chooses another.
set -eu
here=$(dirname "$0")

# Python 3.11 or newer that can make virtual environments (Debian keeps that in python3-venv).
usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if [ -x "$here/../.venv/bin/python" ]; then
    exec "$here/../.venv/bin/python" "$here/setup.py" "$@"
fi
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if usable "$python"; then
        exec "$python" "$here/setup.py" "$@"
    fi
done
echo "setup: no Python 3.11 or newer that can make virtual environments was found." >&2
echo "       Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: PYTHON=/path/to/python make run" >&2
exit 1
