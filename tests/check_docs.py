"""Paths that our documents name must exist, and every folder of sources has its README."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
NAMED = re.compile(r"`((?:base|analysis|server|web|survey_defs|tests|docs|script|deploy|cmake)/[A-Za-z0-9_./\-]*)`")
found = []
for document in sorted(root.rglob("*.md")):
    if {"build", "node_modules"} & set(document.parts):
        continue
    for path in NAMED.findall(document.read_text(encoding="utf-8")):
        if not (root / path).exists():
            found.append(f"{document.relative_to(root)}: names {path}, which does not exist")
for top in ("analysis", "base", "deploy", "docs", "script", "server", "survey_defs", "tests", "web"):
    if not (root / top / "README.md").exists():
        found.append(f"{top}: has no README.md")
for parent in ("analysis", "server"):
    for folder in sorted(one for one in (root / parent).iterdir() if one.is_dir()):
        if any(folder.glob("*.cpp")) and not (folder / "README.md").exists():
            found.append(f"{folder.relative_to(root)}: has no README.md")
        # A family of files within a folder has a README, or its line in the folder's.
        for family in sorted(one for one in folder.iterdir() if one.is_dir() and any(one.glob("*.cpp"))):
            told = (folder / "README.md").read_text(encoding="utf-8")
            if not (family / "README.md").exists() and f"`{family.name}/`" not in told and f"`{family.name}`" not in told:
                found.append(f"{family.relative_to(root)}: has no README.md, and none tells of it")
print("\n".join(found) or "documents name only what exists")
sys.exit(1 if found else 0)
