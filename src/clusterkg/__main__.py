"""`python -m clusterkg` does what the command `clusterkg` does."""

import sys

from clusterkg.cli import main

if __name__ == "__main__":
    sys.exit(main())
