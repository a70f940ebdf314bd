"""Runs a model's graph node after node, in an order that is worked out once.

Rasa's runner builds a dask graph and has it sorted at every run, three times a turn: .6 ms of the 5 that a
turn costs in the Rasa process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from rasa.core import processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class OrderedGraphRunner(DaskGraphRunner):
    """Same nodes, inputs and results as Rasa's runner; one at a time, as that one does it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._orders: dict[tuple[str, ...], tuple[str, ...]] = {}

    def run(
        self, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """The output of each target. `inputs` are named as what nodes need; raises GraphRunError."""
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name in self._orders[wanted]:
                if name not in done:
                    needs = self._graph_schema.nodes[name].needs.values()
                    done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError(f"a node of the graph failed: {error}") from error
        return dict(done[name] for name in wanted)

    def _order(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        sorter = TopologicalSorter({name: set(node.needs.values()) for name, node in nodes.items()})
        return tuple(name for name in sorter.static_order() if name in nodes)


def install() -> None:
    """Have Rasa load models with this runner, for this process."""
    processor.DaskGraphRunner = OrderedGraphRunner
