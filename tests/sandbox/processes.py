"""Programs that have children, and processes found by their mark."""

from __future__ import annotations

from pathlib import Path

ALONE = "say(4); time.sleep(600)"


BROOD = """
def child(*prepare):
    if os.fork() == 0:
        for action in prepare:
            action()
        os.write(signals[1], b"x")
        time.sleep(600)
        os._exit(0)
def daemon():
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in range(1, 32):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_IGN)
signals = os.pipe()
child(); child(os.setsid); child(lambda: os.setpgid(0, 0)); child(daemon)
for _ in range(4):
    os.read(signals[0], 1)
say(4)
time.sleep(600)  # the parent
"""


def bearing(mark: str) -> list[int]:
    """Processes with TRIAL=`mark` in their environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                environment = (process / "environ").read_bytes()
            except OSError:
                continue
            if f"TRIAL={mark}".encode() in environment.split(b"\0"):
                found.append(int(process.name))
    return found
