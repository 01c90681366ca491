"""Whether a unit's SystemCallFilter lets a program do what it does: `syscalls.py UNIT STRACE_OUTPUT`."""

import re
import subprocess
import sys
from pathlib import Path


def members(name):
    """The system calls of a set such as `@network-io`; anything else stands for itself."""
    if not name.startswith("@"):
        return {name}
    said = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout
    # The set's own name comes first and is not indented.
    lines = [line.strip() for line in said.splitlines() if line.startswith(" ")]
    return set().union(*(members(line) for line in lines if line and not line.startswith("#")))


unit, trace = (Path(argument).read_text() for argument in sys.argv[1:])
allowed = set()
for names in re.findall(r"^SystemCallFilter=(.*)$", unit, re.M):
    sets = set().union(*(members(name) for name in names.removeprefix("~").split()))
    allowed = allowed - sets if names.startswith("~") else allowed | sets
made = set(re.findall(r"^(?:\d+ +)?(\w+)\(", trace, re.M))
refused = sorted(made - allowed)
print(f"{len(made)} different system calls, refused: {refused}")
sys.exit(bool(refused) or len(made) < 20)
