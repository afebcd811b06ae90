"""What mends level strong, by what bubblewrap said."""

from __future__ import annotations

import re
from pathlib import Path

APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
INSTALL = "install bubblewrap (Debian, Ubuntu: apt install bubblewrap)"
# Containers cover parts of /proc; the kernel then lets no namespace have one of its own.
UNCOVER = (
    "this container covers parts of /proc: start it with --security-opt systempaths=unconfined "
    "(Docker), --security-opt unmask=ALL (Podman) or procMount: Unmasked (Kubernetes)"
)
PROFILE = (
    "AppArmor forbids it: allow bubblewrap alone by a profile, as root: printf 'abi <abi/4.0>,"
    "\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\\n  userns,\\n}\\n' > "
    "/etc/apparmor.d/bwrap && apparmor_parser -r /etc/apparmor.d/bwrap; or, for all programs: "
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0"
)
MORE_NAMESPACES = (
    "this machine has no user namespaces left: as root, sysctl user.max_user_namespaces=10000"
)
ALLOW_NAMESPACES = (
    "allow user namespaces: in a container, --security-opt seccomp=unconfined (Kubernetes: "
    "seccompProfile: Unconfined); on a machine, as root, sysctl kernel.unprivileged_userns_clone=1"
)
UTILITIES = "install util-linux (Debian, Ubuntu: apt install util-linux)"
REPORT_IT = "report this line with what `bwrap --version` says; level basic may work meanwhile"

_CAUSES = (
    (r"bwrap is not installed", INSTALL),
    (r"setpriv is not installed", UTILITIES),
    (r"can't mount proc|mount.*\bproc\b.*not permitted", UNCOVER),
    (r"max_\w*_?namespaces|no space left|enospc", MORE_NAMESPACES),
)
_NAMESPACES = re.compile(
    r"namespace|uid map|gid map|rtm_newaddr|setuid|not permitted|permission denied", re.IGNORECASE
)


def bubblewrap_hint(said: str, apparmor: Path = APPARMOR) -> str:
    """The cure for a line of bubblewrap's; `apparmor`: the kernel's switch."""
    for pattern, cure in _CAUSES:
        if re.search(pattern, said, re.IGNORECASE):
            return cure
    if not _NAMESPACES.search(said):
        return REPORT_IT
    return PROFILE if _restricts(apparmor) else ALLOW_NAMESPACES


def _restricts(apparmor: Path) -> bool:
    try:
        return apparmor.read_text(encoding="ascii").strip() == "1"
    except (OSError, ValueError):
        return False
