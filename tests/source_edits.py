"""Edits to source code: those that do the same in other words, and those that do not."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path


def comments(source: str) -> str:
    """A comment wherever a line ends a statement, and blank lines between definitions."""
    source = re.sub(
        r"^((?:def|class|import|from|rule) .*)$", r"# a comment\n\1", source, flags=re.M
    )
    last = {node.end_lineno for node in ast.walk(_tree(source)) if isinstance(node, ast.stmt)}
    lines = source.splitlines()
    return "\n".join(f"{line}  # said" if n in last else line for n, line in enumerate(lines, 1))


def comments_in_rules(source: str) -> str:
    """A comment after every line that ends an argument or begins a block, and lines of them."""
    source = re.sub(r"(,|:)$", r"\1  # a comment: said", source, flags=re.M)
    return re.sub(r"^( +)(input|shell):", r"# said: here\n\1\2:", source, flags=re.M)


def docstrings(source: str) -> str:
    """Another docstring for the module, each class and each function, and words for constants."""

    class Edit(ast.NodeTransformer):
        def _describe(self, node):
            self.generic_visit(node)
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                del node.body[0]
            node.body.insert(0, ast.Expr(ast.Constant("Said in other words.")))
            return node

        visit_Module = visit_ClassDef = visit_FunctionDef = visit_AsyncFunctionDef = _describe

        def visit_Assign(self, node):
            return [node, ast.Expr(ast.Constant("What this is."))]

    return _unparse(Edit().visit(_tree(source)))


def docstrings_in_rules(source: str) -> str:
    """A docstring for each rule."""
    return re.sub(
        r"^( *)(rule \w+:)$", r'\1\2\n\1    """Said in other words."""', source, flags=re.M
    )


def hints(source: str) -> str:
    """Another type hint wherever one may stand."""

    class Edit(ast.NodeTransformer):
        def visit_FunctionDef(self, node):
            self.generic_visit(node)
            node.returns = _object()
            return node

        visit_AsyncFunctionDef = visit_FunctionDef

        def visit_Lambda(self, node):
            return node

        def visit_arg(self, node):
            node.annotation = _object()
            return node

        def visit_ClassDef(self, node):
            read_by_libraries = node.bases and not node.decorator_list
            named = {base.id for base in node.bases if isinstance(base, ast.Name)}
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    self.visit(each)
                elif (
                    isinstance(each, ast.AnnAssign)
                    and (not read_by_libraries or named & {"NamedTuple", "Protocol"})
                    and not re.search("ClassVar|InitVar|KW_ONLY", ast.unparse(each.annotation))
                ):
                    each.annotation = _object()
            return node

        def visit_AnnAssign(self, node):
            node.annotation = _object()
            return node

        def visit_Assign(self, node):
            (target, *others) = node.targets
            if others or not isinstance(target, ast.Name) or target.id in self.outer:
                return node
            return ast.AnnAssign(target, _object(), node.value, simple=1)

    tree = _tree(source)
    Edit.outer = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    return _unparse(Edit().visit(tree))


def plain(source: str) -> str:
    """Each statement on one line, in the quotes and brackets that Python itself would write."""
    return _unparse(_tree(source))


def narrow(paths: Iterable[Path]) -> None:
    """What formatters make of modules and rules for narrow lines, shell commands cut up."""
    modules = [path for path in paths if path.suffix == ".py"]
    rules = [path for path in paths if path.suffix == ".smk"]
    for tool, files in (("ruff format --isolated", modules), ("snakefmt", rules)):
        if files:  # without any, ruff takes all there are
            command = [sys.executable, "-m", *tool.split(), "--line-length=50", *map(str, files)]
            subprocess.run(command, check=True, capture_output=True)
    for path in rules:
        text = path.read_text("utf-8")
        path.write_text(re.sub(r'(?m)^( *)(".+?) (--[a-z]+ )', r'\1\2 "\n\1"\3', text), "utf-8")


def _each(
    edit: Callable[[str], str], of_rules: Callable[[str], str] | None = None
) -> Callable[[Iterable[Path]], None]:
    def edit_all(paths: Iterable[Path]) -> None:
        for path in paths:
            change = edit if path.suffix == ".py" else of_rules
            if change:
                path.write_text(change(path.read_text("utf-8")), "utf-8")

    return edit_all


NEUTRAL: dict[str, Callable[[Iterable[Path]], None]] = {
    "other comments": _each(comments, comments_in_rules),
    "other docstrings": _each(docstrings, docstrings_in_rules),
    "other type hints": _each(hints),
    "shorter lines": narrow,
    "longer lines": _each(plain),
}
"""What does the same, for modules and rule files."""


def changed(source: str) -> str:
    """Every definition does one thing more, or has its value from an expression that is longer."""
    spots: list[tuple[int, int, bytes]] = []
    for node in _tree(source).body:
        for inner in ast.walk(node):
            if isinstance(inner, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                first = next((each for each in inner.body if not _is_docstring(each)), None)
                if first and first.lineno > inner.lineno and not hasattr(first, "decorator_list"):
                    spots.append(
                        (first.lineno, first.col_offset, b"assert True\n" + b" " * first.col_offset)
                    )
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            spots.append((node.value.lineno, node.value.col_offset, b"("))
            end = (node.value.end_lineno, node.value.end_col_offset, b") if True else None")
            spots.append(end)
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    for number, column, text in sorted(spots, reverse=True):
        line = lines[number - 1]
        lines[number - 1] = line[:column] + text + line[column:]
    return b"".join(lines).decode()


def changed_rules(source: str) -> str:
    """Every rule says one thing more."""
    return re.sub(r"^( *)(rule \w+:)$", r"\1\2\n\1    priority: 0", source, flags=re.M)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _object() -> ast.expr:
    return ast.Name("object", ast.Load())


def _tree(source: str) -> ast.Module:
    return ast.parse(source)


def _unparse(tree: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
