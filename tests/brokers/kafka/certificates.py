"""A certificate as the PEM files that clients and brokers read."""

import datetime as dt
import ipaddress
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "hunter2hunter2"


class Certificate(NamedTuple):
    """A certificate for 127.0.0.1 that is its own authority, and its encrypted key.

    `store` holds both, the key in the clear: Java 17 cannot read encrypted ones of this kind.
    """

    file: Path
    key: Path
    store: Path


def make_certificate(folder: Path) -> Certificate:
    """Write a new certificate and its key to files in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clicks")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate = Certificate(*(folder / f"{name}.pem" for name in ("certificate", "key", "store")))
    public = signed.public_bytes(serialization.Encoding.PEM)
    encrypted = serialization.BestAvailableEncryption(PASSWORD.encode())
    certificate.file.write_bytes(public)
    certificate.key.write_bytes(_to_pem(key, encrypted))
    certificate.store.write_bytes(_to_pem(key, serialization.NoEncryption()) + public)
    return certificate


def _to_pem(
    key: ec.EllipticCurvePrivateKey, encryption: serialization.KeySerializationEncryption
) -> bytes:
    encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, kind, encryption)
