"""Runs every figure in turn, each in a process of its own, and says which failed."""

import subprocess
import sys
import time

FIGURES = {
    "online_retail": "Online Retail II: import, again, cube, both ways to the same figures",
    "cube_build": "the cube's first build, and how soon a committed change shows in it",
    "bodies": "the CPU time of the worst bodies of up to 1 MB",
    "segments": "a segment of 6 conditions over 1,000,000 customers",
    "rollups": "rollups against the facts of 6,000,000 lines, and late orders of past days",
    "rfm": "RFM of 1,000,000 customers with 30,000,000 order lines",
    "partitions": "touchpoints in one table against one partitioned by month",
    "search": "1,000,000 customers searched by parts of names and by initial consonants",
    "upserts": "batches of 1,000 customers or order lines into a store of 100,000 customers",
    "startup": "from a clean checkout to serving, and a later start",
}


def main() -> int:
    failed = []
    for name, about in FIGURES.items():
        print(f"\n== {name}: {about}", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
        print(f"   ({time.monotonic() - began:.0f} s)", flush=True)
    if failed:
        print(f"\nfailed or missed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


sys.exit(main())
