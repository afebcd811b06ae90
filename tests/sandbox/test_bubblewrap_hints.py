"""What mends level strong follows from what bubblewrap said."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.sandbox.bubblewrap_hints import bubblewrap_hint


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("bwrap is not installed", "apt install bubblewrap"),
        ("setpriv is not installed", "util-linux"),
        (
            "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
            "systempaths=unconfined",
        ),
        (
            "bwrap: Creating new namespace failed: nesting depth or "
            "/proc/sys/user/max_*_namespaces "
            "exceeded (ENOSPC)",
            "user.max_user_namespaces",
        ),
        (
            "bwrap: No permissions to create a new namespace, likely because the kernel does not "
            "allow non-privileged user namespaces.",
            "seccomp=unconfined",
        ),
        ("bwrap: Creating new namespace failed: Operation not permitted", "seccomp=unconfined"),
        ("bubblewrap ended without a word", "report this"),
    ],
)
def test_each_cause_has_its_own_cure(tmp_path: Path, said: str, cure: str) -> None:
    assert cure in bubblewrap_hint(said, tmp_path / "no-apparmor")


@pytest.mark.parametrize(
    "said",
    [
        "bwrap: setting up uid map: Permission denied",
        "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
    ],
)
def test_the_profile_for_one_program_comes_before_the_switch_for_all(
    tmp_path: Path, said: str
) -> None:
    switch = tmp_path / "restrict"
    switch.write_text("1\n")
    cure = bubblewrap_hint(said, switch)
    assert 0 < cure.index("apparmor_parser") < cure.index("sysctl")
    switch.write_text("0\n")
    assert "apparmor" not in bubblewrap_hint(said, switch).lower()


def test_covered_proc_is_told_also_where_apparmor_restricts(tmp_path: Path) -> None:
    switch = tmp_path / "restrict"
    switch.write_text("1\n")
    assert "systempaths" in bubblewrap_hint("bwrap: Can't mount proc on /newroot/proc: …", switch)
