#!/bin/sh
# boot.sh ROOT CACHE SCRIPT: boots the clean Debian's own systemd in namespaces, and lets it run a script once.
set -e
root=$1 script=$3

if [ "$4" != within ]; then
    cp "$(dirname "$script")/common.sh" "$script" "$root/packages/"
    rm -f "$root/packages/well"
    # systemd's own exit says nothing of the script's.
    timeout 120 unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child \
        sh "$0" "$1" "$2" "$3" within || true
    cat "$root/packages/said"
    exec test -e "$root/packages/well"
fi

cat >"$root/etc/systemd/system/check.service" <<UNIT
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'bash /packages/$(basename "$script") >/packages/said 2>&1 && touch /packages/well'
ExecStopPost=/bin/systemctl poweroff --force --force
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$root/old"
ln -sf ../check.service "$root/etc/systemd/system/multi-user.target.wants/check.service"
ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
# A root of its own, not a chroot: in one the kernel refuses the unit's user namespace.
cd "$root"
pivot_root . old
exec chroot . /bin/sh -c 'umount -l /old; container=private exec /lib/systemd/systemd --log-target=console'
