"""`python -m service`: checks the settings and then is gunicorn, from the project's folder; takes gunicorn's options.

gunicorn alone would end with a traceback where `WEB_CONCURRENCY` is no number: it reads that while it is imported.
"""

import sys
from pathlib import Path

from service.check_settings import require_good_settings


def main() -> None:
    """Serve until SIGTERM. Raises SystemExit with gunicorn's exit code, or 78 for a bad setting."""
    require_good_settings()
    from gunicorn.app.wsgiapp import run  # only now: the import reads the environment

    # gunicorn starts itself again by this path when it is told to replace itself (SIGUSR2).
    program = Path(sys.executable).with_name("gunicorn")
    sys.argv = [str(program), "--config", "deploy/gunicorn.conf.py", *sys.argv[1:]]
    run()


if __name__ == "__main__":
    main()
