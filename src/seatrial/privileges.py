"""Capabilities by name, out of the masks that the kernel tells of a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# By their number: include/uapi/linux/capability.h of the kernel.
_NAMES = """
CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO
SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG
MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM
BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE
"""
NAMES = _NAMES.split()
# What a process can use, has at hand, or hands on to what it executes. The bounding set is left
# out: it is what the engine would allow, and no process has that of itself.
SETS = ("CapEff", "CapPrm", "CapInh", "CapAmb")


def capabilities_of(status: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Return the capabilities that a process has, by number; None where the kernel does not tell.

    Args:
        status: Fields of `/proc/PID/status`, in words.
    """
    masks = [int(status[name][0], 16) for name in SETS if status.get(name)]
    if not masks:
        return None
    held = 0
    for mask in masks:
        held |= mask
    return tuple(_name(bit) for bit in range(held.bit_length()) if held >> bit & 1)


def _name(bit: int) -> str:
    return f"CAP_{NAMES[bit]}" if bit < len(NAMES) else f"CAP_{bit}"
