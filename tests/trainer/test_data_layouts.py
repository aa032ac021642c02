"""Made-up trees of the well-known sets, whole and broken."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom.errors import InputError, UsageError
from photochrom_trainer.data.layouts import LAYOUTS, find, list_pictures

MANIFEST = "split,file,width\ntrain,{}b/2.jpg,3\nval,{}a/9.jpg,3\ntrain,{}a/1.jpg,3\n"


def touch(folder: Path, *names: str) -> Path:
    """Make empty files; listing opens none."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def listed(folder: Path, layout: str, split: str = "train") -> list[str]:
    paths = list_pictures(folder, layout, split)  # type: ignore[arg-type]
    return [path.relative_to(folder).as_posix() for path in paths]


def validation(*numbers: int) -> list[str]:
    return [f"ILSVRC2012_val_{number:08}.JPEG" for number in numbers]


def test_a_folder_gives_every_picture_below_it(tmp_path: Path) -> None:
    touch(tmp_path, "b.PNG", "a/deep/er/x.jpg", "a-b/y.tiff", "a/z.webp", "notes.txt", "a/jpg")
    assert listed(tmp_path, "folder") == ["a/deep/er/x.jpg", "a/z.webp", "a-b/y.tiff", "b.PNG"]
    assert listed(tmp_path, "folder", "val") == listed(tmp_path, "folder")


@given(
    st.sets(
        st.text("ab-.é ", min_size=1, max_size=4).filter(lambda name: name.strip(".")), min_size=1
    )
)
def test_the_order_is_that_of_paths(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    touch(folder, *(f"{name}/{name}.jpg" for name in names), *(f"{name}x.jpg" for name in names))
    paths = list_pictures(folder)
    assert paths == sorted(paths)
    assert len(paths) == 2 * len(names)


@pytest.mark.parametrize("base", ["", "ILSVRC/Data/CLS-LOC/", "Data/CLS-LOC/"])
def test_imagenet_is_found_in_both_trees(tmp_path: Path, base: str) -> None:
    touch(tmp_path, f"{base}train/n02/b.JPEG", f"{base}train/n01/a.JPEG", f"{base}train/list.txt")
    touch(tmp_path, *(f"{base}val/{name}" for name in validation(2, 1)), "LOC_train_solution.csv")
    assert listed(tmp_path, "imagenet") == [f"{base}train/n01/a.JPEG", f"{base}train/n02/b.JPEG"]
    assert listed(tmp_path, "imagenet", "val") == [f"{base}val/{n}" for n in validation(1, 2)]


def test_imagenets_validation_is_the_first_5000_by_name_in_any_class_folder(tmp_path: Path) -> None:
    names = validation(*range(1, 5011))
    touch(tmp_path, *(f"val/n{index % 7}/{name}" for index, name in enumerate(names)))
    found = list_pictures(tmp_path, "imagenet", "val")
    assert [path.name for path in found] == names[:5000]


def test_a_missing_validation_picture_is_not_replaced(tmp_path: Path) -> None:
    touch(tmp_path, *(f"val/{name}" for name in validation(1, 4999, 5001, 50000)))
    assert [Path(name).name for name in listed(tmp_path, "imagenet", "val")] == validation(1, 4999)


def test_a_validation_picture_that_lies_there_twice_counts_once(tmp_path: Path) -> None:
    touch(tmp_path, *(f"val/{folder}/{validation(3)[0]}" for folder in ("n01", "n02")))
    assert len(listed(tmp_path, "imagenet", "val")) == 1


def test_other_pictures_are_no_validation(tmp_path: Path) -> None:
    touch(tmp_path, "val/n01/holiday.JPEG", "val/ILSVRC2012_val_000000012.JPEG")
    with pytest.raises(InputError, match="first 5000 validation pictures"):
        list_pictures(tmp_path, "imagenet", "val")


def test_a_subset_of_imagenet_may_be_links_to_class_folders(tmp_path: Path) -> None:
    touch(tmp_path, "whole/n01/a.JPEG", "subset/train/n02/b.JPEG")
    (tmp_path / "subset/train/n01").symlink_to(tmp_path / "whole/n01")
    assert listed(tmp_path / "subset", "imagenet") == ["train/n01/a.JPEG", "train/n02/b.JPEG"]


@pytest.mark.parametrize("base", ["", "images/"])
def test_coco_stuff_leaves_pixel_maps_out(tmp_path: Path, base: str) -> None:
    touch(tmp_path, *(f"{base}{split}2017/{n}.jpg" for split in ("train", "val") for n in (2, 1)))
    touch(tmp_path, f"{base}train2017/1.png", "stuffthingmaps/train2017/1.png")
    assert listed(tmp_path, "coco-stuff") == [f"{base}train2017/{n}.jpg" for n in (1, 2)]
    assert listed(tmp_path, "coco-stuff", "val") == [f"{base}val2017/{n}.jpg" for n in (1, 2)]


@pytest.mark.parametrize("below", ["", "{split}/"])
def test_a_manifests_files_are_below_its_folder_or_its_splits(tmp_path: Path, below: str) -> None:
    (tmp_path / "manifest.csv").write_text(
        MANIFEST.format(*(below.format(split=split) for split in ("train", "val", "train")))
    )
    touch(tmp_path, "train/a/1.jpg", "train/b/2.jpg", "val/a/9.jpg")
    assert listed(tmp_path, "manifest") == ["train/a/1.jpg", "train/b/2.jpg"]
    assert listed(tmp_path, "manifest", "val") == ["val/a/9.jpg"]


def test_a_manifest_may_come_from_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("file;x,split\r\n", "utf-8-sig")
    with pytest.raises(InputError, match="split and file"):
        list_pictures(tmp_path, "manifest")
    (tmp_path / "manifest.csv").write_text('file,split\r\n"a, b.jpg",train\r\n', "utf-8-sig")
    assert listed(touch(tmp_path, "a, b.jpg"), "manifest") == ["a, b.jpg"]


def test_listed_files_that_are_missing_are_counted(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(MANIFEST.format("", "", ""))
    touch(tmp_path, "a/9.jpg")
    with pytest.raises(InputError, match=r"lists 2 pictures .*\(of 2 .* first a/1\.jpg"):
        list_pictures(tmp_path, "manifest")


def test_a_manifest_without_the_split_names_those_it_has(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("split,file\ntest,a.jpg\n")
    with pytest.raises(InputError, match="its splits: test"):
        list_pictures(tmp_path, "manifest")


def test_a_manifest_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_bytes(b"split,file\n\xff\xfe\n")
    with pytest.raises(InputError, match="can't read the list"):
        list_pictures(tmp_path, "manifest")


@pytest.mark.parametrize(
    ("layout", "files", "sources"),
    [
        ("folder", ["a/1.jpg", "b/deep/2.jpg", "c.jpg"], ["a", "b", "c.jpg"]),
        ("imagenet", ["train/n01/a.JPEG", "train/n02/b.JPEG"], ["n01", "n02"]),
        ("manifest", ["train/a/1.jpg", "train/b/2.jpg"], ["a", "b"]),
        ("manifest", ["a/1.jpg", "b/2.jpg"], ["a", "b"]),
    ],
    ids=["folder", "imagenet", "manifest with splits", "manifest without"],
)
def test_a_source_is_the_top_folder_of_its_split(
    tmp_path: Path, layout: str, files: list[str], sources: list[str]
) -> None:
    lines = [f"train,{file}\n" for file in files]
    (tmp_path / "manifest.csv").write_text("split,file\n" + "".join(lines))
    listing = find(touch(tmp_path, *files), layout)
    assert [listing.source(path) for path in listing.paths] == sources


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"folder"}))
def test_another_tree_is_refused_with_what_was_expected(tmp_path: Path, layout: str) -> None:
    touch(tmp_path, "holidays/1.jpg")
    with pytest.raises(InputError) as refused:
        list_pictures(tmp_path, layout)
    assert LAYOUTS[layout].tree in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_missing_folder_is_refused(tmp_path: Path, layout: str) -> None:
    with pytest.raises(InputError, match="no such folder"):
        list_pictures(tmp_path / "nowhere", layout)


@pytest.mark.parametrize(
    ("layout", "tree"), [("folder", "a"), ("imagenet", "train/n01"), ("coco-stuff", "train2017")]
)
def test_an_empty_tree_is_refused(tmp_path: Path, layout: str, tree: str) -> None:
    (tmp_path / tree).mkdir(parents=True)
    with pytest.raises(InputError, match="no pictures"):
        list_pictures(tmp_path, layout)


def test_an_unknown_layout_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder, imagenet, coco-stuff, manifest"):
        list_pictures(tmp_path, "places365")
