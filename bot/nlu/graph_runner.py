"""Runs Rasa's graphs without what this product has no use for: in a turn, and in a training."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from rasa.core import processor
from rasa.engine.caching import CACHE_SIZE_ENV
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelStorage


class OrderedGraphRunner(DaskGraphRunner):
    """Same nodes, inputs and results as Rasa's runner, node after node, in an order that is worked out once.

    Rasa's builds a dask graph and has it sorted at every run, three times a turn: .6 ms of the 5 that a turn
    costs in the Rasa process.
    """

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


class UnrecordedGraphRunner(DaskGraphRunner):
    """Rasa's runner without the hooks that hash and keep what every node made, for the next training.

    A training of this product is always a whole one, and 16,000 lines with their vectors are much to hash.
    """

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> UnrecordedGraphRunner:
        return cls(graph_schema, model_storage, execution_context)


def install_for_serving() -> None:
    """Have Rasa load models with `OrderedGraphRunner`, for this process."""
    processor.DaskGraphRunner = OrderedGraphRunner


def install_for_training() -> None:
    """Have Rasa train with `UnrecordedGraphRunner`, for this process, and keep no cache on the disk."""
    from rasa import model_training

    os.environ[CACHE_SIZE_ENV] = "0"
    model_training.DaskGraphRunner = UnrecordedGraphRunner
