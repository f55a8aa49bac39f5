"""What the kernel tells about memory: cgroup v1 or v2, and /proc."""

from __future__ import annotations

from pathlib import Path

_EVENTS = (
    Path("/sys/fs/cgroup/memory.events"),
    Path("/sys/fs/cgroup/memory/memory.oom_control"),
)


def out_of_memory_kills() -> int:
    """How often the kernel has killed in this cgroup for want of memory; 0 where unknown."""
    for path in _EVENTS:
        try:
            lines = path.read_text().splitlines()
        except OSError:
            continue
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
    return 0


def resident_kb(pid: int) -> int:
    """Resident memory of a process in KiB; 0 once it is gone."""
    return _status_kb(pid, "VmRSS:")


def peak_kb(pid: int) -> int:
    """The most resident memory that a process ever had, in KiB; 0 once it is gone."""
    return _status_kb(pid, "VmHWM:")


def reset_peak_kb(pid: int) -> int:
    """Let the peak be what is resident now, in KiB. Needs to own the process's /proc files."""
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return peak_kb(pid)
    return resident_kb(pid)


def _status_kb(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def kill_me_first() -> None:
    """Ask the kernel to choose this process when memory runs out."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:
        return
