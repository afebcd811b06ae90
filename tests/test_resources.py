"""What of a machine is ours: by affinity, control groups and a scheduler's variables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from grader import resources

GIB = 1 << 30
V2 = "30 23 0:26 {seen} /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n"
V1 = (
    "31 23 0:27 {seen} /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "32 23 0:28 {seen} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
)


def machine(
    root: Path, own: str, mounts: str, seen: str = "/", files: Mapping[str, str] | None = None
) -> Path:
    """A root with these control groups; `files` below /sys/fs/cgroup."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(own)
    (root / "proc/self/mountinfo").write_text(mounts.format(seen=seen))
    for name, text in (files or {}).items():
        path = root / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root


QUOTA = {"cpu.max": "200000 100000"}


@pytest.mark.parametrize(
    ("own", "mounts", "seen", "files", "expected"),
    [
        ("0::/\n", V2, "/", QUOTA, 2),
        ("0::/\n", V2, "/", {"cpu.max": "max 100000"}, 64),
        ("0::/\n", V2, "/", {"cpu.max": "50000 100000"}, 1),  # half a processor is one
        ("0::/a/b\n", V2, "/", {"a/cpu.max": "300000 100000", "a/b/cpu.max": "max 100000"}, 3),
        ("0::/docker/x\n", V2, "/docker/x", QUOTA, 2),  # the mount shows the container's own group
        ("0::/../elsewhere\n", V2, "/", QUOTA, 2),
        (
            "4:cpu,cpuacct:/job\n",
            V1,
            "/",
            {
                "cpu,cpuacct/job/cpu.cfs_quota_us": "400000",
                "cpu,cpuacct/job/cpu.cfs_period_us": "100000",
                "cpu,cpuacct/cpu.cfs_quota_us": "-1",
                "cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            4,
        ),
        ("", "", "/", {}, 64),  # no control groups at all
        ("0::/\n", "odd\n", "/", {"cpu.max": "garbage"}, 64),
    ],
)
def test_a_quota_bounds_the_processors(
    tmp_path: Path, own: str, mounts: str, seen: str, files: Mapping[str, str], expected: int
) -> None:
    assert resources._least_processors(64, {}, machine(tmp_path, own, mounts, seen, files)) == (
        expected
    )


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_PER_TASK": "8", "SLURM_CPUS_ON_NODE": "96"}, 8),
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "12"}, 12),
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "2(x3)"}, 64),
        ({"SLURM_CPUS_PER_TASK": "8"}, 64),  # left over from elsewhere: this is no job
        ({"PBS_JOBID": "7", "NCPUS": "4"}, 4),
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_PER_TASK": "500"}, 64),
    ],
)
def test_a_scheduler_bounds_the_processors(
    tmp_path: Path, environment: Mapping[str, str], expected: int
) -> None:
    assert resources._least_processors(64, environment, tmp_path) == expected


def test_memory_is_what_the_innermost_and_the_outer_groups_leave(tmp_path: Path) -> None:
    files = {
        "a/memory.max": str(8 * GIB),
        "a/memory.current": str(5 * GIB),
        "a/memory.stat": f"anon 1\ninactive_file {2 * GIB}",
        "a/b/memory.max": "max",
    }
    root = machine(tmp_path, "0::/a/b\n", V2, files=files)
    assert resources._least_memory(100 * GIB, {}, root) == 5 * GIB
    assert resources._least_memory(GIB, {}, root) == GIB
    slurm = {"SLURM_JOB_ID": "7", "SLURM_CPUS_PER_TASK": "2", "SLURM_MEM_PER_CPU": "1024"}
    assert resources._least_memory(100 * GIB, slurm, root) == 2 * GIB


def test_memory_of_version_1(tmp_path: Path) -> None:
    files = {
        "memory/job/memory.limit_in_bytes": str(4 * GIB),
        "memory/job/memory.usage_in_bytes": str(GIB),
        "memory/job/memory.stat": f"inactive_file 1\ntotal_inactive_file {GIB // 2}",
        "memory/memory.limit_in_bytes": "9223372036854771712",
    }
    root = machine(tmp_path, "5:memory:/job\n", V1, files=files)
    assert resources._least_memory(100 * GIB, {}, root) == 3 * GIB + GIB // 2


def test_affinity_of_this_process_is_what_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 96)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {5}, raising=False)
    assert resources.processors() == 1


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (1, [{0, 1, 4, 5, 6}]),
        (2, [{0, 1}, {4, 5, 6}]),
        (5, [{0}, {1}, {4}, {5}, {6}]),
        (6, [set()] * 6),  # more than there are processors: none is anybody's
    ],
)
def test_slots_have_processors_of_their_own(
    monkeypatch: pytest.MonkeyPatch, slots: int, expected: list[set[int]]
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {6, 0, 5, 4, 1}, raising=False)
    assert resources.shares(slots) == expected
    monkeypatch.delattr("os.sched_getaffinity")
    assert resources.shares(slots) == [set()] * slots, "a system that binds nobody"
