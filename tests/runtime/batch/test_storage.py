"""Files that URLs name: fsspec's own memory, a folder through fsspec and S3, no paths."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import fsspec
import pytest

from helpers import s3
from photochrom.batch import distant, seals, storage
from photochrom.errors import InputError, OutputError, UnreachableError, UsageError

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture(scope="session")
def server() -> Iterator[dict[str, str]]:
    """A server of S3; yields what clients need."""
    port = s3.free_port()
    with s3.serving(port=port):
        yield s3.environment(port=port)


@pytest.fixture(params=["memory", "file", "s3"])
def bucket(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    urls = {"memory": "memory://bucket", "file": f"file://{tmp_path}/bucket", "s3": "s3://bucket"}
    if request.param == "s3":
        for name, value in request.getfixturevalue("server").items():
            monkeypatch.setenv(name, value)
    url = urls[request.param]
    yield url
    if request.param != "file":
        system, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
        if system.exists(path):
            system.rm(path, recursive=True)


def put(bucket: str, name: str, content: bytes, folder: Path) -> str:
    (folder / "local").write_bytes(content)
    storage.put(folder / "local", f"{bucket}/{name}")
    return f"{bucket}/{name}"


def test_what_is_put_is_fetched(bucket: str, tmp_path: Path) -> None:
    url = put(bucket, "a/b.jpg", JPEG, tmp_path)
    storage.fetch(url, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == JPEG
    assert storage.head(url, 3) == JPEG[:3]
    assert b"".join(storage.chunks(url, 4)) == JPEG
    assert list(map(storage.name_of, storage.below(bucket))) == ["b.jpg"]
    storage.remove_folder(f"{bucket}/a")
    assert storage.stamp(url) is None
    assert list(storage.below(bucket)) == []


def test_what_is_put_in_several_pieces_is_whole(bucket: str, tmp_path: Path) -> None:
    content = os.urandom(1 << 20) * 60
    storage.fetch(put(bucket, "a.tif", content, tmp_path), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content


def test_a_stamp_tells_of_a_change(bucket: str, tmp_path: Path) -> None:
    url = put(bucket, "a.jpg", JPEG, tmp_path)
    before = storage.stamp(url)
    assert before is not None
    assert before.size == len(JPEG)
    assert storage.stamp(url) == before
    put(bucket, "a.jpg", JPEG + b"!", tmp_path)
    assert storage.stamp(url) != before


def test_seals_are_those_of_the_content(bucket: str, tmp_path: Path) -> None:
    url = put(bucket, "a.jpg", JPEG, tmp_path)
    sealed = seals.seal(url)
    assert sealed.sha256 == seals.seal(str(tmp_path / "local")).sha256
    assert seals.still(url, sealed) == sealed
    assert seals.is_there(url)
    # the content as it was, at another time
    put(bucket, "a.jpg", JPEG, tmp_path)
    again = seals.still(url, sealed)
    assert again is not None
    assert again.sha256 == sealed.sha256
    put(bucket, "a.jpg", JPEG[::-1], tmp_path)
    assert seals.still(url, sealed) is None


def test_what_lies_beside_counts(bucket: str, tmp_path: Path) -> None:
    url = f"{bucket}/a.jpg.photochrom.json"
    nothing = seals.settings_hash("{}", [url])
    put(bucket, "a.jpg.photochrom.json", b"{}", tmp_path)
    assert seals.settings_hash("{}", [url]) != nothing
    # the same as of a file
    (tmp_path / "here.json").write_bytes(b"{}")
    assert seals.settings_hash("{}", [url]) == seals.settings_hash(
        "{}", [str(tmp_path / "here.json")]
    )


def test_a_storage_is_gathered_as_folders_are(bucket: str, tmp_path: Path) -> None:
    wanted = [put(bucket, name, JPEG, tmp_path) for name in ("box/1.jpg", "box/2.jpg", "3.jpg")]
    put(bucket, ".hidden/4.jpg", JPEG, tmp_path)
    put(bucket, "5.jpg.part", JPEG, tmp_path)
    put(bucket, "notes.txt", b"words", tmp_path)
    put(bucket, "out/6.color.jpg", JPEG, tmp_path)
    put(bucket, "film.mp4.keyframes/7.png", JPEG, tmp_path)
    found = distant.gather([bucket], f"{bucket}/out", None)
    assert {one.path for one in found.found} == set(wanted)
    assert found.root == bucket
    assert (found.others, [one.path for one in found.left_out]) == (3, [f"{bucket}/5.jpg.part"])
    some = distant.sources_of([f"{bucket}/box/*.jpg"])
    assert some == wanted[:2]
    assert some is not None
    assert distant.gather(some, "memory://elsewhere", bucket).root == bucket
    with pytest.raises(UsageError, match="--root"):
        distant.gather(some, "memory://elsewhere", f"{bucket}/other")


def test_urls_survive_being_paths() -> None:
    for url in ("s3://bucket/scans", "memory://bucket", "file:///srv/scans"):
        assert distant.url_of(Path(url)) == url
    for path in ("/srv/scans", "scans", "C:/scans", "a:b"):
        assert distant.url_of(Path(path)) is None


def test_paths_and_urls_do_not_mix(bucket: str) -> None:
    with pytest.raises(UsageError, match="one batch for each"):
        distant.sources_of([bucket, "/srv/scans"])
    assert distant.sources_of(["/srv/scans"]) is None
    with pytest.raises(InputError, match="nothing fits"):
        distant.sources_of([f"{bucket}/*.tif"])


def test_errors_name_the_url(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="memory://nothing/there"):
        storage.fetch("memory://nothing/there", tmp_path / "copy")
    with pytest.raises(UsageError, match="nosuchkind://a/b"):
        storage.stamp("nosuchkind://a/b")


class Breaking(io.BytesIO):
    """A file whose second piece can't be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError("the disk is broken")
        return super().read(size)

    def open(self, mode: str) -> "Breaking":
        """As a path has it."""
        return self


def test_what_breaks_in_the_middle_appears_nowhere(bucket: str, tmp_path: Path) -> None:
    """S3 would keep what it got when a file is closed."""
    put(bucket, "b.jpg", JPEG, tmp_path)
    with pytest.raises(OutputError, match="broken"):
        storage.put(cast(Path, Breaking(bytes(9 << 20))), f"{bucket}/a.jpg")
    with pytest.raises(OutputError):
        storage.put(tmp_path, f"{bucket}/a.jpg")  # a folder can't be read
    assert list(map(storage.name_of, storage.below(bucket))) == ["b.jpg"]
    put(bucket, "a.jpg", JPEG, tmp_path)
    assert storage.head(f"{bucket}/a.jpg", 99) == JPEG
