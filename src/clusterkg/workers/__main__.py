"""A process of a pool; see child.py."""

import sys

from clusterkg.workers.child import main

main(sys.argv[1:])
