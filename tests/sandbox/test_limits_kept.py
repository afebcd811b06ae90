"""The limits of a sandbox: memory, output, scratch, files, processes, processor time."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.sandbox.contract import (
    Cause,
    Level,
    SandboxLimits,
)
from tests.sandbox.processes import ALONE
from tests.sandbox.trial import Stand, open_folder


def test_memory_above_the_limit_ends_the_box(stand: Stand) -> None:
    trial = stand.run("kept = bytearray(500 << 20); time.sleep(600)", SandboxLimits(memory=200))
    assert trial.end.cause is Cause.MEMORY
    assert 200 <= trial.peak_memory <= 500


def test_memory_of_children_counts(strong: Stand) -> None:
    trial = strong.run(
        """
        for _ in range(5):
            if os.fork() == 0:
                kept = b"x" * (60 << 20)
                time.sleep(600)
        time.sleep(600)
        """,
        SandboxLimits(memory=200),
    )
    assert trial.end.cause is Cause.MEMORY


def test_memory_shared_by_children_counts_once(strong: Stand) -> None:
    trial = strong.run(
        """
        kept = b"x" * (100 << 20)
        for _ in range(4):
            if os.fork() == 0:
                time.sleep(0.5)
                os._exit(0)
        for _ in range(4):
            os.wait()
        """,
        SandboxLimits(memory=350),
    )
    assert trial.end.cause is Cause.EXITED


def test_shared_anonymous_memory_counts(stand: Stand) -> None:
    trial = stand.run(
        """
        import mmap
        kept = mmap.mmap(-1, 400 << 20)
        for at in range(0, 400 << 20, 4096):
            kept[at] = 1
        time.sleep(600)
        """,
        SandboxLimits(memory=200),
    )
    assert trial.end.cause is Cause.MEMORY


def test_peak_memory_is_reported(stand: Stand) -> None:
    trial = stand.run("kept = b'x' * (100 << 20); time.sleep(0.3)")
    assert trial.end.cause is Cause.EXITED
    assert 100 <= trial.peak_memory < 300


def test_flood_of_output_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        "while True: os.write(2, b'x' * 65536)", SandboxLimits(output=4, log=64, memory=200)
    )
    assert trial.end.cause is Cause.OUTPUT
    assert len(trial.printed) < 70_000


def test_log_keeps_the_start_and_the_end(stand: Stand) -> None:
    trial = stand.run(
        """
        sys.stderr.write("first\\n" + "middle\\n" * 100000 + "last\\n")
        sys.stderr.buffer.write(b"\\xff\\xfe")
        """,
        SandboxLimits(log=4),
    )
    assert trial.printed.startswith("first\n")
    assert trial.printed.endswith("last\n\ufffd\ufffd")
    assert "bytes left out" in trial.printed
    assert len(trial.printed) < 5000


def test_scratch_filled_with_data_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        for number in range(100):
            with open(str(number), "wb") as file:
                file.write(b"x" * (1 << 20))
            time.sleep(0.02)
        time.sleep(600)
        """,
        SandboxLimits(scratch=20),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_filled_with_files_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        for number in range(10**6):
            os.close(os.open(str(number), os.O_CREAT | os.O_WRONLY))
        time.sleep(600)
        """,
        SandboxLimits(scratch_files=1000),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_filled_with_removed_files_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        kept = []
        try:
            for number in range(100):
                kept.append(open("file", "wb", 0))
                kept[-1].write(b"x" * (1 << 20))
                os.unlink("file")
        finally:
            time.sleep(600)
        """,
        SandboxLimits(scratch=20),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_filled_with_removed_mapped_files_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        import mmap
        kept = []
        try:
            for number in range(100):
                with open("file", "w+b") as file:
                    file.write(b"x" * (1 << 20)); file.flush()
                    kept.append(mmap.mmap(file.fileno(), 4096))
                os.unlink("file")
        finally:
            time.sleep(600)
        """,
        SandboxLimits(scratch=40, file_size=2),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_of_any_shape_is_removed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as temporary:
        temporary.chmod(0o1777)
        monkeypatch.setattr("tempfile.tempdir", str(temporary))
        trial = stand.run(
            """
            top = os.getcwd()
            for depth in range(3000):
                os.mkdir("d"); os.chdir("d")
            open("deep", "w").close()
            os.chdir(top)
            os.symlink("/etc/passwd", "link"); os.symlink("/", "root"); os.mkdir("closed")
            open("closed/file", "w").close()
            open("x" * 255, "w"); open("new\\nline", "w"); open(b"\\xff\\xfe", "w")
            libc.chmod(b"closed", 0)
            """,
        )
        assert trial.end.cause in (Cause.EXITED, Cause.SCRATCH), trial
        assert list(temporary.iterdir()) == []
    assert Path("/etc/passwd").exists()


def test_scratch_of_a_killed_grader_is_gone_after_the_next_start(basic: Stand) -> None:
    with open_folder() as temporary:
        temporary.chmod(0o1777)
        variables = {**os.environ, "PYTHONPATH": os.curdir, "TMPDIR": str(temporary)}
        grader = f"""
            import sys
            from grader.sandbox import canary
            from grader.sandbox.contract import Level
            sandbox = canary.choose(Level.BASIC).sandbox
            if sys.argv[1:]:
                from tests.sandbox.trial import Stand, open_folder
                with open_folder() as folder:
                    box = Stand(sandbox, folder).start({"open('a', 'w').close();" + ALONE!r})
                    print(box.stdout.readline().decode().strip(), flush=True)
                    sys.stdin.read()
        """
        command = [sys.executable, "-c", textwrap.dedent(grader)]
        with subprocess.Popen(
            [*command, "start"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=variables
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"4\n"
            process.kill()
        left = list(temporary.glob("*/a"))
        assert left  # as long as nobody sweeps
        subprocess.run(command, env=variables, check=True)
        assert not any(path.parent.exists() for path in left)


def test_file_above_its_size_cannot_be_written(stand: Stand) -> None:
    answer = stand.ask(
        "say(closed(lambda: open('big', 'wb', 0).write(b'x' * (3 << 20)) == 1 << 20 or "
        "open('big', 'ab', 0).write(b'x')))",
        limits=SandboxLimits(file_size=1),
    )
    assert answer in ("EFBIG\n", "open\n")


def test_fork_bomb_is_bounded(stand: Stand) -> None:
    trial = stand.run(
        """
        count = 0
        try:
            while True:
                if os.fork() == 0:
                    time.sleep(600)
                count += 1
        except OSError:
            say(count)
        os._exit(3)
        """,
        SandboxLimits(processes=40),
    )
    assert trial.end == (Cause.CRASHED, "exit code 3")
    assert 0 <= int(trial.answer) < 40
    assert (int(trial.answer) == 0) == (stand.sandbox.level is Level.BASIC)


def test_programs_cannot_be_started_at_level_basic(basic: Stand) -> None:
    answer = basic.ask(
        """
        import subprocess
        say(closed(os.fork), closed(subprocess.run, ["/bin/true"]))
        say(closed(os.execv, "/bin/true", ["true"]), os.system("true") != 0)
        """
    )
    assert answer == "EPERM EPERM\nEPERM True\n"


def test_processor_time_above_the_limit_ends_the_box(stand: Stand) -> None:
    trial = stand.run("while True: pass", SandboxLimits(cpu=1))
    assert trial.end.cause is Cause.TIME
