"""Work in processes of its own, so that it can be stopped: Python cannot cancel a query or a parser that is running.

pool.py    the calling side: a few processes, a queue, deadlines
child.py   the process: takes one request after the other
frames.py  what passes between them
"""

from clusterkg.workers.pool import Pool, PoolSettings, Reply

__all__ = ["Pool", "PoolSettings", "Reply"]
