"""The plainest grader: `measure.py IMAGES`, run in the folder of a submission, prints a count.

It shares nothing with the real grader, so that what it counts can be held against it.
"""

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

import cv2


def main() -> None:
    """Count the images, read by OpenCV (BGR), whose folder's class `predict` names."""
    images, names = Path(sys.argv[1]), sys.argv[2:]
    sys.path.insert(0, str(Path.cwd()))
    correct = 0
    with redirect_stdout(io.StringIO()):
        from main import predict  # type: ignore[import-not-found]  # the student's

        for folder, name in zip(sorted(images.iterdir()), names, strict=True):
            for path in sorted(folder.iterdir()):
                correct += predict(cv2.imread(str(path))) == name
    sys.stdout.write(f"{correct}\n")


if __name__ == "__main__":
    main()
