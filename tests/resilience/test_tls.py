"""TLS in front of the service, as deploy/nginx-tls.conf shows it."""

import http.client
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.resilience.servers import NGINX, REPOSITORY, Service, free_port, proxy

OPENSSL = shutil.which("openssl")


@pytest.fixture
def tls(service: Service, tmp_path: Path) -> tuple[int, Path]:
    """The port, once nginx listens there, and the certificate."""
    if NGINX is None or OPENSSL is None:
        pytest.skip("nginx or openssl is not installed")
    port, certificates = free_port(), tmp_path / "certificates"
    certificates.mkdir()
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(certificates / "privkey.pem"), "-out", str(certificates / "fullchain.pem")]
    command = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names, *files]
    subprocess.run(command, check=True, capture_output=True)
    text = (REPOSITORY / "deploy/nginx-tls.conf").read_text(encoding="utf-8")
    (tmp_path / "tls").mkdir()
    text = text.replace("listen 8443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    (tmp_path / "tls/tls.conf").write_text(text.replace("/etc/nginx/certificates", str(certificates)), encoding="utf-8")
    return port, certificates / "fullchain.pem"


def test_the_service_is_asked_over_tls(tls: tuple[int, Path], service: Service, tmp_path: Path) -> None:
    port, certificate = tls
    with proxy(tmp_path, service.port):
        context = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.read() == b'{"status":"ok"}'
        connection.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_old_versions_of_tls_are_refused(tls: tuple[int, Path], service: Service, tmp_path: Path) -> None:
    port, certificate = tls
    with proxy(tmp_path, service.port):
        context = ssl.create_default_context(cafile=str(certificate))
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
        with pytest.raises(ssl.SSLError, match="alert protocol version"):
            connection.request("GET", "/healthz")
        connection.close()
