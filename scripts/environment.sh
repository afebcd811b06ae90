#!/bin/sh
# Makes the grader's own environment: uv where it is there, else venv and pip.
# usage: environment.sh PYTHON FOLDER
set -eu
python=$1 folder=$2
extras='.[mindspore,staff,cluster,reference,dev]'

version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $version in
3.10 | 3.11 | 3.12) ;;
*)
    echo "Python 3.10, 3.11 or 3.12 is needed, found $version. Name one: make PYTHON=python3.11" >&2
    exit 2
    ;;
esac

if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" "$folder"
    # Compiled now, as by pip: submissions run in this interpreter and can write nothing there.
    uv pip install --quiet --compile-bytecode --python "$folder/bin/python" -e "$extras"
else
    "$python" -m venv "$folder" || {
        echo "The module venv is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
        exit 2
    }
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -e "$extras"
fi
