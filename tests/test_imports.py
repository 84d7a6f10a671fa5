"""The plan of the house: imports point one way, and heavy libraries come in by one door each, late."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "qa", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HEAVY = ("torch", "faiss", "gradio", "sentence_transformers", "transformers", "opencc", "openai")
# Where each library may be imported; a folder stands for everything in it.
DOORS = {
    "faiss": ("index/vectors.py",),
    "sentence_transformers": ("index/encoder.py", "index/train.py", "index/training/"),
    "gradio": ("ui/",),
    "openai": ("qa/llm_server.py",),
    "opencc": ("index/convert.py",),
}
# Where the name to install is not the name to import.
DISTRIBUTIONS = {"docx": "python-docx", "faiss": "faiss-cpu", "markdown_it": "markdown-it-py"}
# What each package may import of the others. `wenda chat` goes from qa to ui: see CLI_DOORS.
BELOW = {"index": {"index"}, "qa": {"index", "qa"}, "ui": {"index", "qa", "ui"}}
CLI_DOORS = (("qa/cli.py", "ui.app"), ("qa/cli.py", "ui.doors"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, at any depth, with its line; `import_module("x")` included."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            yield ".".join(part for part in (base, node.module) if part), node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {
            "import_module",
            "__import__",
        }:
            name = node.args[0]
            known = name.values[0] if isinstance(name, ast.JoinedStr) else name  # f"index.{module}"
            assert isinstance(known, ast.Constant), f"{name_of(path)}:{node.lineno}: a computed import"
            yield str(known.value), node.lineno


def at_import(path: Path) -> Iterator[str]:
    """The modules that importing a file imports at once: those outside of functions and `TYPE_CHECKING`."""
    queue: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        late = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        )
        if not late:
            queue += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    allowed = BELOW[name_of(path).split("/")[0]]
    wrong = [
        f"{name_of(path)}:{line} imports {module}"
        for module, line in imports(path)
        if module.split(".")[0] in PACKAGES
        and module.split(".")[0] not in allowed
        and (name_of(path), module) not in CLI_DOORS
    ]
    assert wrong == []


@pytest.mark.parametrize("library", DOORS)
def test_each_heavy_library_has_one_door(library: str) -> None:
    wrong = [
        f"{name_of(path)}:{line} imports {module}"
        for path in MODULES
        for module, line in imports(path)
        if module.split(".")[0] == library and not name_of(path).startswith(DOORS[library])
    ]
    assert wrong == []


def test_nothing_heavy_is_imported_at_import() -> None:
    eager = [
        f"{name_of(path)} imports {module}"
        for path in MODULES
        for module in at_import(path)
        if module.split(".")[0] in HEAVY and not name_of(path).startswith(("ui/", "index/train"))
    ]
    assert eager == []


@pytest.mark.parametrize(
    "code",
    [
        "import qa",
        "import index",
        "import qa.cli; qa.cli.main(['--help'])",
        "import qa.cli; qa.cli.main(['ask', '--help'])",
        "import qa.cli; qa.cli.main(['evaluate', '--help'])",
    ],
)
def test_a_cheap_start_loads_nothing_heavy(code: str) -> None:
    program = (
        "import json, sys\n"
        f"try:\n    {code}\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        f"print(json.dumps(sorted(set({HEAVY!r}) & set(sys.modules))), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stderr) == []


def test_every_library_is_asked_for_by_name() -> None:
    """What comes along with another library today may be gone with its next version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["train"]]
    declared = {re.split(r"[^\w-]", line)[0].lower() for line in wanted}
    missing = {
        f"{module.split('.')[0]} ({name_of(path)})"
        for path in MODULES
        for module, _ in imports(path)
        if (top := module.split(".")[0]) not in PACKAGES
        and top not in sys.stdlib_module_names
        and DISTRIBUTIONS.get(top, top.replace("_", "-")) not in declared
    }
    assert missing == set()


def public_names(path: Path) -> set[str]:
    """What a package's ``__init__`` brings in or defines without an underscore, late or at once."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
    modules = {neighbour.stem for neighbour in path.parent.glob("*.py")}
    return {name for name in names - modules if not name.startswith("_")}


@pytest.mark.parametrize("package", ["index", "qa"])
def test_all_is_what_is_really_there(package: str) -> None:
    module = importlib.import_module(package)
    assert len(module.__all__) == len(set(module.__all__))
    assert public_names(ROOT / package / "__init__.py") == set(module.__all__)
    for name in module.__all__:
        assert getattr(module, name).__doc__, f"{package}.{name} has no docstring"
