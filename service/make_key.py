"""`python -m service.make_key`: makes an API key, and the digest of it that the service is told."""

import secrets
import sys
from hashlib import sha256


def main() -> None:
    """Write a new key and its digest; the key is kept nowhere."""
    key = secrets.token_urlsafe(32)
    sys.stdout.write(f"key    {key}\ndigest {sha256(key.encode()).hexdigest()}\n")


if __name__ == "__main__":
    main()
