"""Starts the readers as a program: ``<interpreter> -I -S -B <this file> MEMORY [PACKAGES…]``.

MEMORY: MiB of address space. PACKAGES: folders with the packages that some formats need. The grader
is imported by its path, since the folder in which it lies cannot be listed in every sandbox.
"""

import importlib
import importlib.util
import os
import sys


def main() -> None:
    """Serve until the grader closes its end; never returns."""
    memory, *packages = sys.argv[1:]
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    spec = importlib.util.spec_from_file_location(
        "grader",
        os.path.join(home, "__init__.py"),  # noqa: PTH118
        submodule_search_locations=[home],
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"the grader's folder {home} cannot be imported")
    sys.modules["grader"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    sys.path += packages
    importlib.import_module("grader.readers.serve").serve(int(memory))


if __name__ == "__main__":
    main()
