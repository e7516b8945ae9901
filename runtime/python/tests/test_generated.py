"""What is generated: what its trees hold, what type checkers make of it, and that each of its records travels."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from test_codec_properties import values

from procwire import stub_v1
from procwire.codec import Codec, Record
from procwire.codec.shape import Shapes

HERE = Path(__file__).parent
RUNTIME = HERE.parent
GOLDEN = HERE.parents[2] / "codegen/tests/golden"
CASES = sorted(path.parent for path in GOLDEN.glob("*/python.py"))
DECLARATION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s*)*(?:strict\s+)?(?:const|newtype|type|record|enum|error|service|ext|callbacks|module)\s+([\w.]+)",
    re.MULTILINE,
)


def ids(case: Path) -> str:
    return case.name


def load(case: Path) -> ModuleType:
    name = "golden_" + case.name.replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, case / "python.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def declared(schema: str) -> set[str]:
    """The names that a schema declares at its top, found without regard to what comments and strings say."""
    names: set[str] = set()
    depth = 0
    schema = re.sub(r'@py\(name = "(\w+)"\)', r"@given_\1", schema)
    pattern = r'"(?:\\.|[^"\\])*"|r#".*?"#|//[^\n]*|/\*.*?\*/'
    for line in re.sub(pattern, " ", schema, flags=re.DOTALL).splitlines():
        found = DECLARATION.match(line) if depth == 0 else None
        if found:
            given = re.search(r"@given_(\w+)", found[0])
            names.add(found[1] if given is None else given[1])
            # The classes on the way to what a worker calls.
            names |= {"ParentCalls", found[1].partition(".")[0]} if "callbacks" in found[0] else set()
        depth += line.count("{") - line.count("}")
    return names


def folded(name: str) -> str:
    """A name without what differs between a schema and Python."""
    return name.replace("_", "").replace(".", "").lower()


def targets(node: ast.stmt) -> list[str]:
    match node:
        case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]):
            return [name]
        case _:
            return []


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_module_holds_what_its_schema_declares(case: Path) -> None:
    tree = ast.parse((case / "python.py").read_text(encoding="utf-8"))
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            assert (node.module, [alias.name for alias in node.names]) in [
                ("__future__", ["annotations"]),
                ("procwire", ["stub_v1"]),
            ]
        elif isinstance(node, ast.Import):
            assert all(alias.asname is not None and alias.asname.startswith("_") for alias in node.names)
        elif not is_text(node):
            assert targets(node), ast.unparse(node)
            # What the whole was generated from is nothing that the schema declares.
            names += [name for name in targets(node) if name != "_SCHEMA"]
        if isinstance(node, ast.ClassDef):
            check_class(node)
    assert len(names) == len(set(names)), "a name is declared twice"
    wanted = {folded(name) for name in declared((case / "schema.ipc").read_text(encoding="utf-8"))}
    found = {folded(name) for name in names}
    missing = {name for name in wanted if name not in found and not any(other.startswith(name) for other in found)}
    assert not missing
    foreign = {name for name in found if not any(name.startswith(known) for known in wanted)}
    assert not foreign, "these were not declared"


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def check_class(node: ast.ClassDef) -> None:
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            statements = [statement for statement in part.body if not is_text(statement)]
            assert len(statements) == 1
            assert isinstance(statements[0], ast.Return | ast.Expr | ast.Raise)
        else:
            assert isinstance(part, ast.AnnAssign | ast.Assign | ast.Pass) or is_text(part), ast.unparse(part)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_each_record_is_read_as_it_was_written(case: Path) -> None:
    module = load(case)
    records: list[type[Any]] = [
        found for found in vars(module).values() if isinstance(found, type) and issubclass(found, Record)
    ]
    for record in records:
        if record.__struct_config__.tag is not None:
            # Part of an enum, which is read where the enum is.
            continue
        round_trips(record)


def round_trips(record: type[Any]) -> None:
    codec: Codec[Any] = Codec(record)

    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(values(Shapes().of(record)))
    def holds(value: Any) -> None:
        assert codec.decode(codec.encode(value)) == value

    holds()


def test_no_name_of_a_schema_hides_one_of_the_runtime() -> None:
    names = (HERE.parents[2] / "codegen/src/python/names.rs").read_text(encoding="utf-8")
    found = re.search(r"const FUNCTIONS: [^=]*= \[(.*?)\];", names, re.DOTALL)
    assert found is not None
    escaped = set(re.findall(r'"(\w+)"', found[1]))
    faces: list[type[Any]] = [stub_v1.Client, stub_v1.SyncClient, stub_v1.Worker, stub_v1.Events, stub_v1.SyncEvents]
    faces += [stub_v1.Emit, stub_v1.CallbackHandlers, stub_v1.Calls, stub_v1.ModuleClient, stub_v1.ModuleSyncClient]
    for face in faces:
        assert {name for name in dir(face) if not name.startswith("_")} <= escaped, face
    for base in (stub_v1.Record, stub_v1.Params, stub_v1.Variant, stub_v1.ExternalStruct, stub_v1.ExternalTuple):
        assert not {name for name in dir(base) if not name.startswith("_")}, base


USAGES = ["calling", "usage"]
MODULES = ["trading", "callbacks", "module"]


@pytest.fixture(scope="module")
def usage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with generated modules and what is written with them."""
    folder = tmp_path_factory.mktemp("usage")
    for name in USAGES:
        (folder / f"{name}.py").write_text((HERE / f"typed/{name}.py.in").read_text())
    for name in MODULES:
        (folder / f"{name}.py").write_text((GOLDEN / name / "python.py").read_text())
    return folder


def marked(folder: Path) -> list[tuple[str, int]]:
    return [
        (name, number)
        for name in USAGES
        for number, line in enumerate((folder / f"{name}.py").read_text().splitlines(), 1)
        if line.endswith("# error")
    ]


def test_mypy_refuses_what_is_wrong_and_nothing_else(usage: Path) -> None:
    arguments = ["--strict", "--no-error-summary", "--cache-dir", str(usage / "cache"), "."]
    environment = {"MYPYPATH": str(RUNTIME / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments],
        cwd=usage,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(\w+)\.py:(\d+): error", done.stdout, re.MULTILINE)
    assert sorted({(name, int(line)) for name, line in found}) == marked(usage), done.stdout


def test_pyright_refuses_what_is_wrong_and_nothing_else(usage: Path) -> None:
    configuration = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "include": ["."],
        "extraPaths": [str(RUNTIME / "src")],
        "venvPath": str(RUNTIME),
        "venv": ".venv",
    }
    (usage / "pyrightconfig.json").write_text(json.dumps(configuration))
    pyright = RUNTIME / "node_modules/.bin/pyright"
    done = subprocess.run([pyright, "--outputjson"], cwd=usage, capture_output=True, text=True, check=False)
    found = [
        (Path(each["file"]).stem, each["range"]["start"]["line"] + 1)
        for each in json.loads(done.stdout)["generalDiagnostics"]
        if each["severity"] == "error"
    ]
    assert sorted(set(found)) == marked(usage), done.stdout
