"""What a module imports, read from its source."""

import ast
import importlib.util


def imports(path, package=""):
    """Yields the dotted names that a module of a package imports at any depth."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = f"{'.' * node.level}{node.module or ''}"
            module = importlib.util.resolve_name(name, package)
            yield from (f"{module}.{alias.name}" for alias in node.names)
