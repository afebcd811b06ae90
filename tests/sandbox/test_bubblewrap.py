"""The view that level strong makes, with this and with older versions of bubblewrap."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import canary
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.bubblewrap_options import options_of
from grader.sandbox.contract import (
    Cause,
    Devices,
    Level,
    Mount,
    SandboxLimits,
    SandboxSpec,
    SandboxUnavailableError,
)
from tests.sandbox.trial import Stand, open_folder

ALL = frozenset({"--size", "--perms", "--disable-userns", "--clearenv"})


@pytest.fixture
def strong() -> Iterator[Stand]:
    try:
        sandbox = canary.choose(Level.STRONG).sandbox
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    with open_folder() as folder:
        yield Stand(sandbox, folder)


@pytest.mark.parametrize(
    "absent",
    [{"--disable-userns"}, {"--disable-userns", "--size"}, {"--disable-userns", "--clearenv"}, ALL],
    ids=lambda absent: " ".join(sorted(absent)),
)
def test_older_versions_confine_as_well(strong: Stand, absent: set[str]) -> None:
    sandbox = strong.sandbox
    assert isinstance(sandbox, Bubblewrap)
    if os.getuid() == 0:
        absent = absent - {"--perms"}  # refused for root
    sandbox._known = sandbox._known - absent
    canary.verify(sandbox)
    trial = strong.run(
        """
        say(sorted(os.environ), closed(open, "/planted", "w"), closed(open, "/dev/planted", "w"))
        say(libc.unshare(0x10000000), open("/proc/self/status").read().count("CapEff:\\t00000000"))
        for number in range(1000):
            with open(str(number), "wb") as file:
                file.write(b"x" * (1 << 20))
            time.sleep(0.002)
        """,
        SandboxLimits(scratch=30),
    )
    assert trial.end.cause is Cause.SCRATCH
    variables, rest = trial.answer.split("]")
    assert "GRADER" not in variables
    assert rest.split()[:2] in (["EROFS", "EROFS"], ["EACCES", "EROFS"], ["EACCES", "EACCES"])
    assert rest.split()[2:] == ["-1", "1"]


def test_interpreter_or_share_below_tmp_is_there(strong: Stand) -> None:
    with open_folder() as folder:
        (folder / "module.py").write_text("x = 1")
        mount = Mount(folder, Path("/tmp/venv/lib"))  # noqa: S108
        answer = strong.ask("say(open('/tmp/venv/lib/module.py').read())", mounts=[mount])
    assert answer == "x = 1\n"


def test_share_within_a_share_needs_no_mount_of_its_own(strong: Stand) -> None:
    with open_folder() as folder:
        (folder / "inner").mkdir(mode=0o755)
        (folder / "inner" / "file").write_text("here")
        mounts = [Mount(folder / "inner", folder / "inner"), Mount(folder, folder)]
        answer = strong.ask(f"say(open({str(folder)!r} + '/inner/file').read())", mounts=mounts)
    assert answer == "here\n"


@pytest.mark.skipif(os.getuid() != 0, reason="about root, whose boxes are another user's")
def test_share_that_its_user_could_not_read_is_refused_with_the_cure(strong: Stand) -> None:
    with open_folder() as folder:
        folder.chmod(0o700)
        with pytest.raises(SandboxUnavailableError) as caught:
            strong.start("pass", mounts=[Mount(folder, Path("/submission"))])
    assert "chmod" in caught.value.cure


def test_devices_are_bound_after_the_boxs_own_dev_and_with_the_kernels_view_of_them() -> None:
    node = Path("/dev/nvidia0")
    spec = SandboxSpec([], SandboxLimits(), {}, Devices([node], [], {"CUDA_VISIBLE_DEVICES": "0"}))
    options = options_of(spec, ALL, as_root=False)
    assert options.index("--dev") < options.index("--dev-bind")
    assert options[options.index("--dev-bind") :][:3] == ["--dev-bind", str(node), str(node)]
    assert ["--ro-bind", "/sys", "/sys"] in [options[i : i + 3] for i in range(len(options))]
    assert ["--setenv", "CUDA_VISIBLE_DEVICES", "0"] in [
        options[i : i + 3] for i in range(len(options))
    ]


def test_without_devices_the_box_sees_none() -> None:
    options = options_of(SandboxSpec([], SandboxLimits(), {}), ALL, as_root=False)
    assert "--dev-bind" not in options
    assert "/sys" not in options


def test_root_keeps_its_rights_only_to_give_them_up() -> None:
    spec = SandboxSpec([], SandboxLimits(), {})
    root, user = options_of(spec, ALL, as_root=True), options_of(spec, ALL, as_root=False)
    kept = {root[i + 1] for i, option in enumerate(root) if option == "--cap-add"}
    assert kept == {"CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"}
    assert "--unshare-user" not in root
    assert "--unshare-user" in user
    assert "--cap-add" not in user


def test_sandbox_that_cannot_start_leaves_nothing_open(
    strong: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = strong.sandbox
    assert isinstance(sandbox, Bubblewrap)
    monkeypatch.setattr(sandbox, "_bwrap", "/bin/false")
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(3):
        with pytest.raises(SandboxUnavailableError):
            strong.start("pass")
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_boxes_leave_nothing_open(strong: Stand) -> None:
    strong.ask("say(1)")
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(3):
        strong.ask("say(1)")
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
