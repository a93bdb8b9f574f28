"""Owns the hall's own authority: what it is allowed to say, and the certificates it gives.

A device that trusts an authority believes whatever it signs, so this one can sign almost nothing
(RFC 5280, section 4.2.1.10): only servers, only under the names and addresses of this hall. The
root's key signs the one below it and is forgotten before it ever touches a disk; the one below
has the same bounds, as some programs do not look at those of a root.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.tls.names import Names

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""Browsers take a server's certificate of 398 days at most."""
EARLY = timedelta(days=2)
"""A certificate counts from before it was made: clocks in a hall are not all right."""
_LONGEST_COMMON_NAME = 64
_EVERYTHING = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class Made(msgspec.Struct, frozen=True):
    """A new authority, in PEM.

    Attributes:
        root: the certificate that devices install.
        issuer: key and certificate of the one below it, which gives the server its own.
    """

    root: bytes
    issuer: bytes


def make(names: Names, now: datetime) -> Made:
    """Make an authority for these names."""
    bounds = _bounds(names)
    key, below = _new_key(), _new_key()
    title = f"{_short(str(names), 40)} {now:%Y-%m-%d}"
    root = _authority(f"Ramah {title}", key, now, bounds, depth=1)
    root_certificate = root.issuer_name(_name(f"Ramah {title}")).sign(key, hashes.SHA256())
    issuer = (
        _authority(f"Ramah, {title}", below, now, bounds, depth=0)
        .issuer_name(root_certificate.subject)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_by(root_certificate), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Made(_pem(root_certificate), _key_pem(below) + _pem(issuer))


def serve(issuer: bytes, addresses: Iterable[str], now: datetime) -> bytes:
    """Return a new key and certificate of the server, with the chain above it, in PEM.

    Args:
        issuer: as ``make`` gave it.
        addresses: this machine's; those that are the hall's are in the certificate.
        now: when.
    """
    key = serialization.load_pem_private_key(issuer, password=None)
    above = x509.load_pem_x509_certificate(issuer)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is another program's")
    names = allowed(above)
    own = _new_key()
    hosts, here = said(names, addresses)
    general: list[x509.GeneralName] = [x509.DNSName(each) for each in hosts]
    general += [x509.IPAddress(ip_address(each)) for each in here]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name("Ramah server"))  # no host: some would hold it against the bounds
        .issuer_name(above.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(min(now - EARLY + timedelta(days=SERVER_DAYS), above.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(general), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(_by(above), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _key_pem(own) + _pem(certificate) + _pem(above)


def said(names: Names, addresses: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the names and the addresses of a server's certificate, on a machine with these."""
    here = [each for each in addresses if names.covers(each)]
    return [*names.hosts], list(dict.fromkeys([*names.single(), *here]))


def allowed(certificate: x509.Certificate) -> Names:
    """Return what an authority may make certificates for."""
    bounds = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted: Sequence[x509.GeneralName] = bounds.permitted_subtrees or ()
    return Names(
        tuple(each.value for each in permitted if isinstance(each, x509.DNSName)),
        tuple(
            ip_network(str(each.value)) for each in permitted if isinstance(each, x509.IPAddress)
        ),
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """Return SHA-256 of a certificate as systems show it: pairs of digits with colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _bounds(names: Names) -> x509.NameConstraints:
    """A kind of name that is not bounded would be free, so what is not there is forbidden."""
    permitted: list[x509.GeneralName] = [x509.DNSName(each) for each in names.hosts]
    permitted += [x509.IPAddress(each) for each in names.networks]
    forbidden: list[x509.GeneralName] = [] if names.hosts else [x509.DNSName("")]
    versions = {each.version for each in names.networks}
    forbidden += [x509.IPAddress(each) for each in _EVERYTHING if each.version not in versions]
    return x509.NameConstraints(permitted, forbidden or None)


def _authority(
    title: str, key: ec.EllipticCurvePrivateKey, now: datetime, bounds: x509.NameConstraints,
    *, depth: int,
) -> x509.CertificateBuilder:  # fmt: skip
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(_name(title))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now - EARLY + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        .add_extension(bounds, critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _by(above: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    key = above.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs, crl_sign=signs,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _name(title: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ramah"),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(title, _LONGEST_COMMON_NAME)),
        ]
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
