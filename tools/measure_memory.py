"""RSS of the daemon while it works on the demonstration, in MiB. Run: python tools/measure_memory.py"""

from __future__ import annotations

import resource
import threading

from advisor.demo import run


def main() -> None:
    stop = threading.Event()
    run(True, lambda line: None, stop)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[1]) * resource.getpagesize() / 2**20
    print(f"RSS after the demonstration {now:.0f} MiB, peak {peak:.0f} MiB (demo servers included)")


if __name__ == "__main__":
    main()
