"""A certificate for a host and the authority that signed it, made anew for each run."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_folder = TemporaryDirectory()  # goes with the process


class Files(NamedTuple):
    """Where the authority's certificate is, and the server's with its key."""

    ca: str
    server: str


@cache
def files(host: str = "127.0.0.1") -> Files:
    """Make both, once for each host and process."""
    ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority, server = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("Tests", host)
    )
    ca = _certificate(authority, ca_key, authority, ca_key, x509.BasicConstraints(True, None))
    names = x509.SubjectAlternativeName([_named(host)])
    mine = _certificate(server, server_key, authority, ca_key, names)
    secret = server_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    found = Files(*(str(Path(_folder.name) / name) for name in (f"{host}-ca.pem", f"{host}.pem")))
    Path(found.ca).write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    Path(found.server).write_bytes(mine.public_bytes(serialization.Encoding.PEM) + secret)
    return found


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)  # noqa: TID251 - of the machine, as TLS reads them
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(signer, hashes.SHA256())
    )
