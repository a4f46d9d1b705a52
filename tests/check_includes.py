"""Who may include what: the table of docs/architecture.md, checked on every source file."""
import pathlib
import re
import sys

# folder → folders of ours it may include, besides itself
ALLOWED = {
    "base": [],
    "analysis/estimate": ["base"],
    "analysis/sums": ["base", "analysis/estimate"],
    "analysis/columns": ["base", "analysis/estimate", "analysis/sums"],
    "analysis/index": ["base", "analysis/estimate", "analysis/sums"],
    "analysis/change": ["base", "analysis/estimate", "analysis/index"],
    "analysis/quality": ["base", "analysis/estimate"],
    "analysis/ranks": ["base", "analysis/estimate", "analysis/index"],
    "analysis/disclosure": ["base", "analysis/estimate", "analysis/index", "analysis/change", "analysis/quality", "analysis/ranks"],
    "analysis/robustness": ["base", "analysis/estimate", "analysis/index", "analysis/ranks", "analysis/disclosure"],
    "analysis/awards": ["base"],
    "analysis/scorecards": ["base"],
    "server/survey": ["base"],
    "server/catalog": ["base", "server/survey", "analysis/index", "analysis/awards",
                       "analysis/scorecards"],
    "server/storage": ["base", "server/survey"],
    "server/security": ["base"],
    "server/gate": ["base"],
    "server/http": ["base", "server/gate"],
    "server/html": ["base"],
    "server/exports": ["base", "server/survey", "analysis"],
    "server/imports": ["base"],
    "server/services": ["server/exports", "server/imports", "base", "server/storage", "server/catalog", "server/survey", "server/security",
                        "analysis"],
    "server/reports": ["base", "server/services", "server/survey", "analysis"],
    "server/pages": ["base", "server/reports", "server/services", "server/storage", "server/catalog",
                     "server/exports", "server/survey", "server/html", "server/http", "server/gate", "analysis"],
    "server/cli": ["base", "server", "analysis"],
}
# No concrete store outside storage, except where the parts meet.
CONCRETE_STORE = re.compile(r"server/storage/(sqlite/|memory_store)")
CONCRETE_STORE_ALLOWED = ("server/storage", "server/cli", "server/application.cpp", "server/main.cpp", "tests")
# third-party header → where it may be included
THIRD_PARTY = {
    r"httplib\.h": ["server/http"],
    r"sqlite3\.h": ["server/storage/sqlite", "tests"],
    r"openssl/": ["server/security", "server/gate", "base", "tests"],
    r"kainjow/": ["server/html"],
    r"CLI/": ["server/cli"],
    r"(readstat|xlsxwriter|pugixml)": ["server/exports", "tests"],
    r"zip\.h": ["server/exports", "server/imports", "tests"],
    r"expat\.h": ["server/imports", "tests"],
    r"boost/": ["analysis/estimate", "analysis/index"],
    r"qrcodegen": ["server/reports", "server/pages", "server/cli"],
    r"nlohmann/json\.hpp": ["server/catalog", "server/html", "server/cli", "tests", r".*_json\.cpp$", r"base/.*json\.cpp$"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def folder_of(path):
    for folder in sorted(ALLOWED, key=len, reverse=True):
        if path.startswith(folder + "/"):
            return folder
    return None


def faults(root):
    for source in sorted(root.rglob("*")):
        if source.suffix not in (".h", ".cpp", ".hpp") or "build" in source.parts or "node_modules" in source.parts:
            continue
        path = source.relative_to(root).as_posix()
        folder = folder_of(path)
        for _, name in INCLUDE.findall(source.read_text(encoding="utf-8")):
            for pattern, places in THIRD_PARTY.items():
                if re.match(pattern, name) and not any(re.match(place, path) for place in places):
                    yield f"{path}: includes {name}, which is allowed only in {', '.join(places)}"
            if CONCRETE_STORE.match(name) and not path.startswith(CONCRETE_STORE_ALLOWED):
                yield f"{path}: includes {name}; only storage, cli and main may know a concrete store"
            target = folder_of(name)
            if folder is None or target is None or target == folder:
                continue
            allowed = ALLOWED[folder]
            if not any(target == one or target.startswith(one + "/") for one in allowed):
                yield f"{path}: includes {name}; {folder} may include only {', '.join(allowed) or 'itself'}"


found = list(faults(pathlib.Path(sys.argv[1])))
print("\n".join(found) or "every include follows the table")
sys.exit(1 if found else 0)
