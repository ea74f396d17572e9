"""Work in processes of its own, so that it can be stopped: Python cannot cancel a query or a parser that is running.

pool.py      the calling side: a few processes and a queue
process.py   one of them, seen from there: its deadline, its end
child.py     the process itself: takes one request after the other
frames.py    what passes between the two
"""

from clusterkg.workers.pool import Pool, PoolSettings
from clusterkg.workers.process import Reply, WorkFault

__all__ = ["Pool", "PoolSettings", "Reply", "WorkFault"]
