"""Writes weights as PyTorch does; run by an interpreter that has PyTorch: `to_torch.py NPZ PTH`.

Nothing of the reference is imported, as that interpreter does not have it.
"""

import sys
from collections import OrderedDict

import numpy as np
import torch  # type: ignore[import-not-found]


def main() -> None:
    """Read named arrays and save them as a state dictionary."""
    source, target = sys.argv[1:]
    with np.load(source, allow_pickle=False) as arrays:
        state = OrderedDict((name, torch.from_numpy(arrays[name])) for name in arrays.files)
    torch.save(state, target)


if __name__ == "__main__":
    main()
