"""Starts the worker as a program: ``<interpreter> -s -B -u <folder of this file>/__main__.py``.

The worker's modules are loaded under one private package name, by path, so that nothing beside
a submission can shadow them and they shadow nothing of a submission's (``utils``, ``json``, ...).
Not ``-I``: Python would ignore the environment's PYTHONHASHSEED.
"""

import sys

sys.path.pop(0)  # this folder, whose files are not to be found by their bare names

import importlib
import importlib.util
import os

PACKAGE = "_lab_grader_worker"


def main() -> None:
    """Serve until the grader says bye or goes away; never returns."""
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    spec = importlib.util.spec_from_file_location(
        PACKAGE,
        os.path.join(folder, "__init__.py"),  # noqa: PTH118
        submodule_search_locations=[folder],
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"the worker's folder {folder} cannot be imported")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    importlib.import_module(PACKAGE + ".serve").serve()


if __name__ == "__main__":
    main()
