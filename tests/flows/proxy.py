"""A network between a flow and a service: a proxy that refuses, and the service behind it.

The service answers over TLS with a certificate of an authority made for the test, so that
the code under test runs as it does outside: same host, same scheme, its own verification.
"""

import contextlib
import datetime as dt
import socket
import ssl
import threading
from pathlib import Path


def write_authority(folder: Path, host: str) -> tuple[Path, Path]:
    """Write a certificate for a host and its key; the certificate is its own authority."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "ca.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


class Network:
    """A proxy that refuses so many connections, then leads to a service with one file.

    Parameters
    ----------
    folder : Path
        For the certificate.
    host : str
        Of the service.
    body : bytes
        What it answers to every request.
    refuse : int
        How many connections are refused first.
    """

    def __init__(self, folder: Path, host: str, body: bytes, refuse: int) -> None:
        self.certificate, key = write_authority(folder, host)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(self.certificate, key)
        self.body, self.refuse, self.asked = body, refuse, 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                link, _ = self._server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), link:
                self._answer(link)

    def _answer(self, link):
        self.asked += 1
        _head(link)
        if self.asked <= self.refuse:
            link.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            return
        link.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self._context.wrap_socket(link, server_side=True) as secure:
            _head(secure)
            secure.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n" % len(self.body) + self.body
            )

    def close(self):
        self._server.close()


def _head(link):
    text = b""
    while not text.endswith(b"\r\n\r\n"):
        more = link.recv(4096)
        if not more:
            return
        text += more
