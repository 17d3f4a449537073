"""Makes templates quick: what every rendering of one language has in common is computed while compiling."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jinja2 import Environment, Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer

Folded = Callable[[str], object]


class _OneModule(Template):
    """A template whose macros see the environment's globals only, which are the same for every page: what a page
    imports is made once, not once for each page."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class FoldingEnvironment(Environment):
    """An environment that compiles fixed values into its templates.

    `values` are names that stand for one value or for attributes of one (`locale`, `paths.home`);
    `calls` are functions that answer the same to the same constant (`_("Sign in")`, `static_url("x.css")`).
    Templates must not use these names for anything else.
    """

    template_class = _OneModule
    folded_values: Mapping[str, object]
    folded_calls: Mapping[str, Folded]

    def fold(self, *, values: Mapping[str, object], calls: Mapping[str, Folded]) -> None:
        """Says what is fixed, before the first template is loaded."""
        self.folded_values, self.folded_calls = values, calls
        self.globals.update(values)
        self.globals.update(calls)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        folded = _Folding(self.folded_values, self.folded_calls).visit(tree)
        return folded if isinstance(folded, nodes.Template) else tree


class _Folding(NodeTransformer):
    def __init__(self, values: Mapping[str, object], calls: Mapping[str, Folded]) -> None:
        self._values = values
        self._calls = calls

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        value = self._values.get(node.name)
        if node.ctx == "load" and isinstance(value, str):
            return nodes.Const(value, lineno=node.lineno)
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        if isinstance(node.node, nodes.Name) and node.node.name in self._values:
            owner = self._values[node.node.name]
            value = owner[node.attr] if isinstance(owner, Mapping) else getattr(owner, node.attr)
            return nodes.Const(value, lineno=node.lineno)
        return self.generic_visit(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        match node:
            case nodes.Call(
                node=nodes.Name(name=name),
                args=[nodes.Const(value=str(text))],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ) if name in self._calls:
                return nodes.Const(self._calls[name](text), lineno=node.lineno)
        return self.generic_visit(node)
