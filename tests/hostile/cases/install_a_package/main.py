import subprocess
import sys

from bait import BAIT

words = ["-m", "pip", "install", "--isolated", "--retries", "0", "--timeout", "1"]
words += ["--index-url", "http://127.0.0.1:%d/install_a_package" % BAIT["tcp"], "nonesuch"]
try:
    done = subprocess.run(
        [sys.executable, *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=4,
    )
    print("installed", done.returncode == 0)
except (OSError, subprocess.TimeoutExpired) as error:
    print("installed False", type(error).__name__)


def predict(image):
    return "Hats"
