"""Long random runs against the whole service in one process: `python -m tests.fuzz.json --seconds 600`.

A run ends with code 1 where the service answered with a status of 500 and above, let an exception through, took too
long for one case, or grew. Each such case is written to the directory that `--out` names.
"""
