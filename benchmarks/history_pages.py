"""asv's pages of the committed results, with all that they load beside them: they open without a network.

asv 0.6.6 links jQuery, Flot, Bootstrap and three plugins from three hosts. Here they come from their npm packages, each pinned by
version and digest, once; what npm cannot bring stays linked, and is named.
"""

import argparse
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["PARTS", "carry", "main", "publish"]

HERE = Path(__file__).parent
_PACKAGES = {
    "blueimp-md5@2.19.0": "0fff5798c7733b21f3e4c0de69ccba12af266e0f01c3e3a41051c0e49a655512",
    "bootstrap@3.1.1": "23b27da4dd80b8fbe8972ac4be87037627e007ad5dd1edb27435844f0a4646a0",
    "flot@0.8.3": "5e4cea78a9efa2d3dbba363ac76c688951e6c638ee916883c36e23516208b1ed",
    "flot-orderbars@1.0.0": "e5523ee7cca778f194b34fc31afb6dda40bf1557e6669fda4730c29f53e87101",
    "jquery@3.3.1": "2c7c70a1e796c1568ff05d45a8cb2da2a0fc6e37426c65e4eef6ee55e217933e",
    "stupid-table-plugin@1.1.3": "1186089584b7c2f7fec9ad4232e9aa1adbfea273eaa233b713beb8c2c916b4ac",
}
"""SHA-256 of each package as npm packs it. asv's stupidtable 1.0.1 is not on npm; 1.1.3 is the same plugin."""
PARTS = {
    "jquery-3.3.1.min.js": ("jquery@3.3.1", "dist/jquery.min.js"),
    "jquery.flot.min.js": ("flot@0.8.3", "jquery.flot.js"),
    "jquery.flot.time.min.js": ("flot@0.8.3", "jquery.flot.time.js"),
    "jquery.flot.selection.min.js": ("flot@0.8.3", "jquery.flot.selection.js"),
    "jquery.flot.categories.min.js": ("flot@0.8.3", "jquery.flot.categories.js"),
    "jquery.flot.orderBars.js": ("flot-orderbars@1.0.0", "js/jquery.flot.orderBars.js"),
    "stupidtable.min.js": ("stupid-table-plugin@1.1.3", "stupidtable.min.js"),
    "md5.min.js": ("blueimp-md5@2.19.0", "js/md5.min.js"),
    "bootstrap.min.js": ("bootstrap@3.1.1", "dist/js/bootstrap.min.js"),
    "bootstrap.min.css": ("bootstrap@3.1.1", "dist/css/bootstrap.min.css"),
}
"""Last part of each address that asv's page links, with the package and the file in it."""
_LINK = re.compile(
    r'(?P<attribute>src|href)="https://[^"]*/(?P<name>[^"/]+\.(?:js|css))"'
    r'(?: (?:integrity|crossorigin|referrerpolicy)="[^"]*")*'
)


def publish(config: Path) -> None:
    """Let asv write its pages from the results that are there; it measures nothing.

    Raises
    ------
    SystemExit
        If there are no results, or asv fails.
    """
    results = config.parent / "results"
    if not any(results.glob("*/*.json")):
        message = (
            f"results must hold asv's files; got none in {results.name}/. `make bench-history` measures them."
        )
        raise SystemExit(message)
    asv = Path(sys.executable).with_name("asv")
    asked = [str(asv), "publish", "--config", config.name]
    run = subprocess.run(asked, cwd=config.parent, check=False, capture_output=True, text=True)  # noqa: S603
    if run.returncode:
        raise SystemExit(f"asv publish must succeed; got status {run.returncode}:\n{run.stdout}{run.stderr}")


def packages(cache: Path) -> dict[str, bytes]:
    """Return the packages that the cache holds or npm brings; the others are left out.

    Raises
    ------
    SystemExit
        If a package is not the one that is pinned.
    """
    kept = {name: cache / f"{name}.tgz" for name in _PACKAGES}
    found = {name: file.read_bytes() for name, file in kept.items() if file.is_file()}
    found |= _from_npm([name for name in _PACKAGES if name not in found])
    for name, content in found.items():
        got = hashlib.sha256(content).hexdigest()
        if got != _PACKAGES[name]:
            raise SystemExit(
                f"{name} must have SHA-256 {_PACKAGES[name]}; got {got}. Delete {kept[name].name} from the cache."
            )
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = kept[name].with_suffix(f".{os.getpid()}")  # tests run side by side
        unfinished.write_bytes(content)
        unfinished.replace(kept[name])
    return found


def _from_npm(names: Sequence[str]) -> dict[str, bytes]:
    npm = shutil.which("npm")
    if npm is None or not names:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            asked = [npm, "pack", "--silent", *names]
            subprocess.run(asked, cwd=folder, check=False, capture_output=True, timeout=60)  # noqa: S603
        except subprocess.TimeoutExpired:
            return {}
        made = {name: Path(folder) / f"{name.replace('@', '-')}.tgz" for name in names}
        return {name: file.read_bytes() for name, file in made.items() if file.is_file()}


def carry(html: Path, archives: Mapping[str, bytes]) -> list[str]:
    """Put the parts beside the page and link them from there; return the addresses that stay elsewhere."""
    page = html / "index.html"
    text = page.read_text(encoding="utf-8")
    (html / "vendor").mkdir(exist_ok=True)

    def nearer(link: re.Match[str]) -> str:
        package, path = PARTS.get(link["name"], ("", ""))
        if package not in archives:
            return link[0]
        with tarfile.open(fileobj=io.BytesIO(archives[package])) as archive:
            member = archive.extractfile(f"package/{path}")
            if member is None:
                raise SystemExit(f"{package} must hold {path}; got a package without it.")
            (html / "vendor" / link["name"]).write_bytes(member.read())
        return f'{link["attribute"]}="vendor/{link["name"]}"'

    text = _LINK.sub(nearer, text)
    page.write_text(text, encoding="utf-8")
    return [link["name"] for link in _LINK.finditer(text)]


def main() -> int:
    """Publish, carry, and say where the pages are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=HERE / "asv.conf.json", help="asv's configuration")
    config = parser.parse_args().config.resolve()
    publish(config)
    left = carry(config.parent / ".asv" / "html", packages(config.parent / ".asv" / "vendor"))
    if left:
        print(f"npm did not bring these, and the pages load them from their hosts: {', '.join(left)}")
    print(f"written to {config.parent.name}/.asv/html; `asv preview` in {config.parent.name}/ opens them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
