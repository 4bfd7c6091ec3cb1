"""Makes Python's packages of podlint, as pip, pipx, uv and pre-commit ask for them (PEP 517): a wheel whose content is what
`make install` would install, and a source archive. Needs nothing but Python's own library, make and what make needs.
"""
import base64, hashlib, io, os, re, subprocess, sys, sysconfig, tarfile, tempfile, zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ["src", "schema", "rules", "testdata", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
           "LICENSE", "pyproject.toml"]
VERSION = re.search(r"^VERSION = (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1]
NAME = f"podlint-{VERSION}"


def metadata():
    return (
        f"Metadata-Version: 2.1\nName: podlint\nVersion: {VERSION}\n"
        "Summary: Check Kubernetes pod manifests offline: what the API server would say of them, and where.\n"
        "License: Apache-2.0\nRequires-Python: >=3.8\nDescription-Content-Type: text/markdown\n\n"
    ) + (ROOT / "README.md").read_text(encoding="utf-8")


def wheel_file(tag):
    return f"Wheel-Version: 1.0\nGenerator: podlint {VERSION}\nRoot-Is-Purelib: false\nTag: {tag}\n"


def make(*arguments):
    command = ["make", "-C", str(ROOT), f"-j{os.cpu_count() or 1}", *arguments]
    return subprocess.run(command, stdout=sys.stderr).returncode == 0


def build(prefix):
    """Installs podlint below a folder: where the machine's libraries allow, one that needs none of them to run."""
    setup = ["sh", str(ROOT / "src/package/setup.sh"), "--tell"]
    tell = subprocess.run(setup, stderr=subprocess.PIPE, text=True)
    if tell.returncode:
        raise SystemExit(tell.stderr)
    static = sys.platform == "linux" and subprocess.run([*setup, "static"], stderr=subprocess.DEVNULL).returncode == 0
    if not make("install", f"PREFIX={prefix}", *(["STATIC=1"] if static else [])):
        raise SystemExit("podlint: make failed; what it printed stands above")


class Archive:
    """A wheel in the making: a zip file that ends with a list of its files."""

    def __init__(self, path, info):
        self.zip, self.info, self.record = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED), info, []

    def add(self, name, content, mode=0o644):
        if isinstance(content, str):
            content = content.encode()
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.external_attr = (0o100000 | mode) << 16
        self.zip.writestr(entry, content, zipfile.ZIP_DEFLATED)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(content)}\n")

    def close(self):
        record = f"{self.info}/RECORD"
        self.zip.writestr(record, "".join(self.record) + f"{record},,\n")
        self.zip.close()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as prefix:
        build(prefix)
        tag = "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())
        name, info = f"{NAME}-{tag}.whl", f"{NAME}.dist-info"
        archive = Archive(Path(wheel_directory) / name, info)
        archive.add(f"{NAME}.data/scripts/podlint", (Path(prefix) / "bin/podlint").read_bytes(), 0o755)
        for file in sorted((Path(prefix) / "share").rglob("*")):
            if file.is_file():
                archive.add(f"{NAME}.data/data/{file.relative_to(prefix).as_posix()}", file.read_bytes())
    archive.add(f"{info}/licenses/LICENSE", (ROOT / "LICENSE").read_bytes())
    archive.add(f"{info}/METADATA", metadata())
    archive.add(f"{info}/WHEEL", wheel_file(tag))
    archive.close()
    return name


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    info = Path(metadata_directory) / f"{NAME}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(metadata(), encoding="utf-8")
    return info.name


def build_sdist(sdist_directory, config_settings=None):
    name = f"{NAME}.tar.gz"
    with tarfile.open(Path(sdist_directory) / name, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        for source in SOURCES:
            tar.add(ROOT / source, f"{NAME}/{source}", filter=lambda entry: None if "__pycache__" in entry.name else entry)
        info = tarfile.TarInfo(f"{NAME}/PKG-INFO")
        content = metadata().encode()
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return name
