"""`python -m enerqis.cli`: the same as the `enerqis` command."""

import sys

from enerqis.cli.main import main

sys.exit(main())
