"""Files are written whole or not at all, and only where a file may stand."""

import os

import pytest

from xlperf.files import write_whole


def test_a_device_or_a_folder_is_never_replaced(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for target in (folder, pipe):
        with pytest.raises(FileExistsError, match=target.name):
            write_whole(target, b"new")
    assert folder.is_dir()
    assert pipe.is_fifo()
    assert sorted(f.name for f in tmp_path.iterdir()) == ["folder", "pipe"]
