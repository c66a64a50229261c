#!/usr/bin/env python3
"""Goal: the sanitizer builds would notice. Method: run each deliberate fault of broken.c and want the complaint."""
import os
import subprocess
import sys

FAULTS = (("overflow", "heap-buffer-overflow"), ("leak", "LeakSanitizer: detected memory leaks"),
          ("undefined", "signed integer overflow"))


def main():
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1", UBSAN_OPTIONS="halt_on_error=1")
    print(f"1..{len(FAULTS) + 1}")
    good = True
    for number, (fault, words) in enumerate(FAULTS, 1):
        done = subprocess.run([sys.argv[1], fault], capture_output=True, text=True, errors="replace", env=environment)
        noticed = words in done.stderr and done.returncode != 0
        if not noticed and "LeakSanitizer has encountered a fatal error" in done.stderr:
            print(f"ok {number} - {fault} # SKIP leaks cannot be looked for here: ptrace is not allowed")
            continue
        print(f"{'' if noticed else 'not '}ok {number} - {fault} is noticed")
        good = good and noticed
    quiet = subprocess.run([sys.argv[1]], capture_output=True, env=environment).returncode == 0
    print(f"{'' if quiet else 'not '}ok {len(FAULTS) + 1} - without a fault it is quiet")
    return 0 if good and quiet else 1


if __name__ == "__main__":
    sys.exit(main())
