"""Gives each process of a test run its files by their order alone, so that what fails in one run can be run again.

Tests of one process share a product. Were files handed out to whoever is free first, what a test finds there would
depend on how fast the machine was.
"""

from itertools import cycle

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class Shares(LoadFileScheduling):
    """Deals files out like cards; who has run all of theirs takes the last one of another's."""

    _owners: dict[str, str] | None = None

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Put the node's next file first in the queue, and hand it out."""
        if self._owners is None:
            names = cycle(sorted(each.gateway.id for each in self.nodes))
            self._owners = dict(zip(self.workqueue, names, strict=False))
        owners = self._owners
        own = (path for path in self.workqueue if owners.get(path) == node.gateway.id)
        self.workqueue.move_to_end(next(own, next(reversed(self.workqueue))), last=False)
        super()._assign_work_unit(node)
