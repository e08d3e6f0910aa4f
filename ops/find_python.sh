#!/bin/sh
# Prints a Python that can make a virtual environment for us; else says what to install.
# Usage: find_python.sh [PYTHON]; a Python named by the caller is the only one tried.

can() { "$1" -c "import sys; $2" >/dev/null 2>&1; }

recent='sys.exit(sys.version_info < (3, 11))'
complete='import ensurepip, venv; sys.exit(sys.version_info < (3, 11))'
candidates=${1:-.venv/bin/python python3.13 python3.12 python3.11 python3 python python3.14}

for candidate in $candidates; do
    if can "$candidate" "$complete"; then
        command -v "$candidate"
        exit 0
    fi
done
for candidate in $candidates; do
    if can "$candidate" "$recent"; then
        echo "$candidate cannot make virtual environments: its modules venv and ensurepip are" \
            "missing. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 2
    fi
done
echo "No Python 3.11 or later was found (tried: $candidates)." \
    "Install one, or name it: make PYTHON=/path/to/python3.12 run" >&2
exit 2
