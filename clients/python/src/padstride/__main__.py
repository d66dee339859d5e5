"""`python -m padstride` is the command `padstride`."""

import sys

from padstride.cli.main import main

sys.exit(main())
