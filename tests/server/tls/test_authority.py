"""The hall's own authority: what it can vouch for, what it cannot, and how it is kept fresh.

Python's ssl (OpenSSL) and, in ``test_served.py``, a real Chromium judge the chains; certificates
that must not pass are made with the very key that lies in the data folder, as a thief would.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.domain.errors import Conflict, Invalid
from server.tls import FOLDER, keeping
from server.tls.keeping import ISSUER, ROOT, SERVER, Kept
from server.tls.names import wanted

NOW = datetime.now(UTC).replace(microsecond=0)


def handshake(server: ssl.SSLContext, root: bytes, host: str) -> str:
    """Return "" when a client that trusts ``root`` is content with this server, else why not."""
    client = ssl.create_default_context(cadata=root.decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = server.wrap_bio(to_server, to_client, server_side=True)
    far = client.wrap_bio(to_client, to_server, server_hostname=host)
    done = [False, False]
    for _ in range(10):
        for number, end in enumerate((far, near)):
            try:
                end.do_handshake()
                done[number] = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
    assert all(done)
    return ""


def stolen(data: Path, host: str) -> ssl.SSLContext:
    """A server of a thief: a certificate for any host, signed with the key of the data folder."""
    pem = (data / FOLDER / ISSUER).read_bytes()
    issuer = x509.load_pem_x509_certificate(pem)
    signs = serialization.load_pem_private_key(pem, None)
    assert isinstance(signs, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    try:
        name: x509.GeneralName = x509.IPAddress(ip_address(host))
    except ValueError:
        name = x509.DNSName(host)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thief")]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key()), critical=False
        )
        .sign(signs, hashes.SHA256())
    )
    file = data / "thief.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
        + issuer.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize(
    ("names", "good", "bad"),
    [
        (["antrean.local", "192.168.1.0/24"], ["antrean.local", "192.168.1.7"],
         ["bank.co.id", "local", "xantrean.local", "192.168.2.7", "fd00::7"]),
        (["antrean.kantor.go.id"], ["antrean.kantor.go.id", "dua.antrean.kantor.go.id"],
         ["kantor.go.id", "192.168.1.7", "::1"]),
        (["10.0.0.5"], ["10.0.0.5"], ["bank.co.id", "10.0.0.6", "antrean.local"]),
    ],
)  # fmt: skip
def test_a_stolen_key_passes_for_nobody_but_the_hall(
    tmp_path: Path, names: list[str], good: list[str], bad: list[str]
) -> None:
    root = keeping.make(tmp_path, wanted(names), NOW)
    for host in good:
        assert handshake(stolen(tmp_path, host), root.pem, host) == ""
    for host in bad:
        assert handshake(stolen(tmp_path, host), root.pem, host) in {
            "permitted subtree violation", "excluded subtree violation",
        }  # fmt: skip


def test_the_server_is_known_under_what_it_was_told_and_the_machines_address(
    tmp_path: Path,
) -> None:
    root = keeping.make(tmp_path, wanted(["antrean.local", "192.168.1.0/24", "10.0.0.5"]), NOW)
    kept = Kept(tmp_path, 8443, addresses=lambda: ["192.168.1.9", "172.17.0.1"])
    for host in ("antrean.local", "10.0.0.5", "192.168.1.9"):
        assert handshake(kept.context, root.pem, host) == ""
    assert "mismatch" in handshake(kept.context, root.pem, "192.168.1.8").lower()
    assert handshake(kept.context, keeping.make(tmp_path, root.names, NOW, anew=True).pem,
                     "antrean.local")  # fmt: skip
    assert kept.address("192.168.1.9") == "https://192.168.1.9:8443"
    assert kept.address("172.17.0.1") == "https://antrean.local:8443"
    assert {each.stat().st_mode & 0o777 for each in (tmp_path / FOLDER).iterdir()} == {0o600}
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o700


def test_a_certificate_is_as_browsers_want_it(tmp_path: Path) -> None:
    keeping.make(tmp_path, wanted(["antrean.local"]), NOW)
    found = x509.load_pem_x509_certificate((tmp_path / FOLDER / SERVER).read_bytes())
    assert found.not_valid_after_utc - found.not_valid_before_utc <= timedelta(days=398)
    assert found.not_valid_before_utc < NOW - timedelta(hours=20)
    usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [each.dotted_string for each in usage] == ["1.3.6.1.5.5.7.3.1"]
    # the key that could sign other authorities is nowhere
    keys = [each.read_bytes().count(b"PRIVATE KEY-----") for each in sorted(
        (tmp_path / FOLDER).iterdir())]  # fmt: skip
    assert keys == [0, 2, 2]


def test_it_is_renewed_by_itself_and_the_authority_stays(tmp_path: Path) -> None:
    then = NOW - timedelta(days=320)
    root = keeping.make(tmp_path, wanted(["antrean.local", "192.168.1.0/24"]), then)
    kept_pem = (tmp_path / FOLDER / ROOT).read_bytes()
    clock = [then.timestamp() * 1000]
    here = ["192.168.1.9"]
    kept = Kept(tmp_path, 8443, addresses=lambda: here, clock=lambda: int(clock[0]))
    first = kept.certificate

    def look() -> bool:
        kept.renew()
        return kept.read()

    assert not look()
    here[:] = ["192.168.1.77"]  # a new lease
    assert look()
    assert kept.certificate.addresses == ("192.168.1.77",)
    here[:] = []  # the cable is out: what it has stays good
    assert not look()
    clock[0] = (then - timedelta(days=9)).timestamp() * 1000
    here[:] = ["192.168.1.78"]
    assert not look(), "a clock that is behind makes nothing"
    clock[0] = NOW.timestamp() * 1000
    assert look()
    assert kept.certificate.ends > first.ends + timedelta(days=300)
    assert handshake(kept.context, root.pem, "192.168.1.78") == ""
    assert handshake(kept.context, root.pem, "antrean.local") == ""
    assert (tmp_path / FOLDER / ROOT).read_bytes() == kept_pem
    (tmp_path / FOLDER / SERVER).write_text("cut off by a power cut")
    assert look()


def test_files_of_ones_own_are_read_again_and_bad_ones_are_not_taken(tmp_path: Path) -> None:
    keeping.make(tmp_path, wanted(["satu.example.org"]), NOW)
    other = tmp_path / "other"
    root = keeping.make(other, wanted(["dua.example.org"]), NOW)
    own = tmp_path / "own.pem"
    own.write_bytes((tmp_path / FOLDER / SERVER).read_bytes())
    kept = Kept(tmp_path, 443, (own, own))
    assert (kept.root, kept.address("10.0.0.1")) == (None, "https://satu.example.org")
    assert not kept.read()
    own.write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(Invalid, match=r"own\.pem"):
        kept.read()
    assert kept.address() == "https://satu.example.org"
    own.write_bytes((other / FOLDER / SERVER).read_bytes())
    assert kept.read()
    assert handshake(kept.context, root.pem, "dua.example.org") == ""
    with pytest.raises(Invalid, match="fit together"):
        Kept(tmp_path, 443, (own, tmp_path / FOLDER / ISSUER))


def test_one_authority_is_not_lost_by_a_second_word(tmp_path: Path) -> None:
    first = keeping.make(tmp_path, wanted(["antrean.local"]), NOW)
    with pytest.raises(Conflict):
        keeping.make(tmp_path, wanted(["lain.local"]), NOW)
    assert keeping.root(tmp_path) == first
    assert keeping.make(tmp_path, wanted(["lain.local"]), NOW, anew=True) != first


@pytest.mark.parametrize(
    "word",
    ["go.id", "com", "localhost", "127.0.0.1", "::", "::1", "10.0.0.0/8", "8.8.8.0/24",
     "0.0.0.0/0", "192.168.1.5/24", "*.kantor.go.id", "http://antrean.local", "antrean local",
     "", "300.1.1.1", "224.0.0.1", "fd00::/8", "antrean.123"],
)  # fmt: skip
def test_what_is_too_wide_or_no_name_is_refused_in_words(word: str) -> None:
    with pytest.raises(Invalid):
        wanted([word])
