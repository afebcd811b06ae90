"""The view that bubblewrap is told to make: what is mounted where, and which rights remain."""

from __future__ import annotations

from collections.abc import Iterable, Set
from pathlib import Path, PurePosixPath

from grader.sandbox import environment
from grader.sandbox.contract import Mount, SandboxSpec

SCRATCH = "/scratch"
SHARED_MEMORY = "/dev/shm"  # noqa: S108 (the box's own)
TEMPORARY = PurePosixPath("/tmp")  # noqa: S108 (likewise)
NOBODY = 65534  # the id inside, for an ordinary user; outside it is the user's own
SYSTEM = ("/lib", "/lib32", "/lib64", "/bin", "/sbin")  # links into /usr, or folders
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")

# What setpriv needs to change the user and to empty the bounding set; it gives them up itself.
_ROOT_RIGHTS = (
    *("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"),
    *("--cap-add", "CAP_SETPCAP"),
)
_USER_RIGHTS = (
    *("--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-drop", "ALL"),
)


def options_of(spec: SandboxSpec, known: Set[str], *, as_root: bool) -> list[str]:
    """The options of bubblewrap for `spec`, all but the descriptors.

    known: the options that the installed version has. Older ones lack some that we can do without:
    the watchdog bounds the scratch, the filter forbids user namespaces, our environment is empty.
    """
    size = ("--size", str(spec.limits.scratch * environment.MIB)) if "--size" in known else ()
    for_all = ("--perms", "1777") if "--perms" in known else ()
    mounts = [*spec.mounts, *spec.devices.mounts]
    options = [
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
        *("--unshare-cgroup-try", "--hostname", "box", "--die-with-parent", "--new-session"),
        *(_ROOT_RIGHTS if as_root else _USER_RIGHTS),
        *(("--disable-userns",) if "--disable-userns" in known and not as_root else ()),
        *_system(known),
        *(*size, *for_all, "--tmpfs", SCRATCH),
        *("--proc", "/proc", "--dev", "/dev"),
        *(*size, *for_all, "--tmpfs", SHARED_MEMORY),
    ]
    if not any(PurePosixPath(mount.inside).is_relative_to(TEMPORARY) for mount in mounts):
        options += ["--symlink", SCRATCH.lstrip("/"), str(TEMPORARY)]
    for node in spec.devices.nodes:
        options += ["--dev-bind", str(node), str(node)]
    if spec.devices.nodes:
        options += ["--ro-bind", "/sys", "/sys"]  # drivers find their devices there
    options += _binds(mounts, known)
    # An ordinary user owns the box's /dev and could fill it without limit.
    options += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH]
    options += ["--clearenv"] if "--clearenv" in known else []
    for name, value in environment.environment(spec, SCRATCH).items():
        options += ["--setenv", name, value]
    return options


def _system(known: Set[str]) -> Iterable[str]:
    """/usr and what belongs to it, the way that this distribution has it."""
    yield from ("--ro-bind", "/usr", "/usr")
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    yield from _open_folder("/etc", known)
    for name in SYSTEM_FILES:
        if Path(name).exists():
            yield from ("--ro-bind", name, name)


def _binds(mounts: Iterable[Mount], known: Set[str]) -> Iterable[str]:
    """Read-only binds, outer folders first, with open folders on the way to each."""
    made = {PurePosixPath("/"), PurePosixPath("/usr"), PurePosixPath("/etc")}
    bound: list[Mount] = []
    for mount in sorted(set(mounts), key=lambda mount: len(mount.inside.parts)):
        if any(_shows(outer, mount) for outer in bound):
            continue
        inside = PurePosixPath(mount.inside)
        if not any(inside.is_relative_to(other.inside) for other in bound):
            for parent in reversed(inside.parents):
                if parent not in made and not parent.is_relative_to("/usr"):
                    yield from _open_folder(str(parent), known)
                made.add(parent)
        yield from ("--ro-bind", str(mount.outside), str(mount.inside))
        bound.append(mount)


def _open_folder(path: str, known: Set[str]) -> Iterable[str]:
    """A folder that all may pass; some versions close those that they make by themselves."""
    yield from (*(("--perms", "0755") if "--perms" in known else ()), "--dir", path)


def _shows(outer: Mount, mount: Mount) -> bool:
    """Whether binding `outer`, or /usr, shows `mount` already."""
    if mount.inside.is_relative_to("/usr") and mount.inside == mount.outside:
        return True
    if not mount.inside.is_relative_to(outer.inside):
        return False
    return outer.outside / mount.inside.relative_to(outer.inside) == mount.outside
