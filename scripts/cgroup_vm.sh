#!/bin/sh
# Run tests of the sandbox where cgroup v2 limits memory: in a virtual machine with Debian's kernel
# and this machine's files, read-only. For Debian 12 on x86-64, as root, after
#     apt install qemu-system-x86 qemu-system-common busybox-static cpio
#     sh scripts/cgroup_vm.sh .venv/bin/python -m pytest -p no:cacheprovider tests/sandbox/test_cgroup.py
# The command runs as root in this folder, with /tmp and /run empty. Nothing is written outside the
# folder for temporary files; there is no network. ACCEL=tcg emulates where KVM does not work: allow
# for a tenth of the speed or less.
set -eu

kernel=${KERNEL:-linux-image-cloud-amd64}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/kernel" "$work/initrd/bin" "$work/initrd/modules" "$work/initrd/new"

package=$(apt-cache depends "$kernel" | awk '$1 == "Depends:" && $2 ~ /^linux-image/ { print $2; exit }')
(cd "$work" && apt-get -q download "$package")
dpkg -x "$work"/linux-image-*.deb "$work/kernel"
version=$(ls "$work/kernel/lib/modules")
modules=$work/kernel/lib/modules/$version
busybox depmod -b "$work/kernel" "$version"

# What the machine needs to reach this one's files, each module after those that it builds on.
for wanted in virtio_pci virtiofs; do
    line=$(grep "/$wanted.ko:" "$modules/modules.dep")
    for file in $(echo "${line#*:}" | tr ' ' '\n' | tac) "${line%%:*}"; do
        cp "$modules/$file" "$work/initrd/modules/"
        echo "insmod /modules/$(basename "$file") 2>/dev/null"
    done
done >"$work/load"

cp "$(command -v busybox)" "$work/initrd/bin/busybox"
cat >"$work/initrd/init" <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
$(cat "$work/load")
mount -t virtiofs -o ro host /new || poweroff -f
for place in tmp run var/tmp; do mount -t tmpfs none /new/\$place; done
mount -t devtmpfs dev /new/dev
mkdir -p /new/dev/shm /new/dev/pts
mount -t tmpfs none /new/dev/shm
mount -t devpts none /new/dev/pts
mount -t proc proc /new/proc
mount -t sysfs sys /new/sys
mount -t cgroup2 none /new/sys/fs/cgroup
chmod 1777 /new/tmp /new/var/tmp /new/dev/shm
ip link set lo up
cp /command /bin/busybox /new/tmp/
exec switch_root /new /bin/sh -c 'sh /tmp/command </dev/null; echo "exit code \$?"; /tmp/busybox poweroff -f'
INIT
chmod +x "$work/initrd/init"
{
    echo "export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp PYTHONDONTWRITEBYTECODE=1"
    echo "cd '$PWD'"
    echo "$*"
} >"$work/initrd/command"
(cd "$work/initrd" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd.gz"

/usr/lib/qemu/virtiofsd --socket-path="$work/files" -o source=/ -o cache=always -o sandbox=chroot \
    >"$work/files.log" 2>&1 &
while [ ! -S "$work/files" ]; do sleep 0.1; done
qemu-system-x86_64 -accel "${ACCEL:-kvm}" -cpu max -smp 2 -m 6G -nographic -no-reboot -net none \
    -object memory-backend-memfd,id=memory,size=6G,share=on -numa node,memdev=memory \
    -chardev socket,id=files,path="$work/files" -device vhost-user-fs-pci,chardev=files,tag=host \
    -kernel "$work/kernel/boot/vmlinuz-$version" -initrd "$work/initrd.gz" \
    -append "console=ttyS0 quiet panic=-1" </dev/null | tee "$work/said"
grep -q "^exit code 0" "$work/said"
