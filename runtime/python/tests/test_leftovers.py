"""What a worker and a parent leave behind, say and agree on: sockets, last lines, exits, names."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from procwire import stub_v1 as _p
from procwire.control import AnnouncedEvent, AnnouncedMethod, Init
from procwire.parent import Exit, resolve
from procwire.parent.tail import Tail
from procwire.worker import by_hand
from procwire.worker.socket import SocketFolder, listen_below, remove_left_behind, sweep_folder


def test_the_folder_is_private_and_goes_with_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    listener, folder = listen_below(["."])
    with listener:
        (created,) = tmp_path.iterdir()
        assert created.stat().st_mode & 0o777 == 0o700
        assert created.name.startswith(f"procwire-{os.getpid()}-")
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(folder.path)
    folder.remove()
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_socket_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    long = Path("x" * 100)
    long.mkdir()
    Path("good").mkdir()
    listener, folder = listen_below(["missing", str(long), "good"])
    listener.close()
    assert folder.path.startswith("good/")
    assert list(long.iterdir()) == []
    folder.remove()
    with pytest.raises(
        OSError, match="missing: No such file or directory; x+: a socket's path has fewer than 108 bytes"
    ):
        listen_below(["missing", str(long)])


def test_the_sweep_takes_stale_folders_of_gone_workers_only(tmp_path: Path) -> None:
    # A child that was waited for is certainly gone.
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    gone, alive, digits = child.pid, os.getpid(), "0123456789abcdef0123456789abcdef"

    def make(name: str, *, old: bool) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "s").touch()
        if old:
            os.utime(folder, (time.time() - 240, time.time() - 240))
        return folder

    stale = make(f"procwire-{gone}-{digits}", old=True)
    young = make(f"procwire-{gone}-{digits[::-1]}", old=False)
    live = make(f"procwire-{alive}-{digits}", old=True)
    other = make(f"procwire-{gone}-short", old=True)
    huge = make(f"procwire-9999999999-{digits}", old=True)
    sweep_folder(str(tmp_path))
    sweep_folder(str(tmp_path / "missing"))
    assert not stale.exists()
    assert all(folder.exists() for folder in (young, live, other, huge))


def test_only_sockets_by_our_names_are_removed_for_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    listener, folder = listen_below(["."])
    listener.close()
    remove_left_behind(folder.path)
    assert list(tmp_path.iterdir()) == []
    sockets: list[socket.socket] = []
    for name in ("procwire-1-00.sock", "other.sock"):
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(name)
        sockets.append(bound)
    Path("procwire-notes").touch()
    for name in ("procwire-1-00.sock", "other.sock", "procwire-notes", "procwire-missing", "procwire-\0", ""):
        remove_left_behind(name)
    for bound in sockets:
        bound.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.sock", "procwire-notes"]


def test_a_socket_folder_goes_once(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    folder = SocketFolder(str(tmp_path / "f"))
    folder.remove()
    (tmp_path / "f").mkdir()
    folder.remove()
    assert (tmp_path / "f").exists()


def test_the_last_lines_are_kept_whatever_the_pieces() -> None:
    tail = Tail()
    for number in range(100):
        tail.push(f"line {number}".encode())
        tail.push(b"\r\n\n")
    tail.push(b"no end")
    lines = tail.lines()
    assert (len(lines), lines[0], lines[-1]) == (21, "line 80", "no end")


def test_a_long_line_and_control_characters_are_cut() -> None:
    tail = Tail()
    for _ in range(1000):
        tail.push(b"x" * 1000)
    tail.push(b"\n\x1b[31mred\xff\n")
    assert len(tail.lines()[0]) == 1000
    assert tail.lines()[1] == "\ufffd[31mred\ufffd"


def test_an_exit_is_told_in_words() -> None:
    assert str(Exit.of(3, None, ["a", "b"])) == "exit status: 3; its last lines on stderr:\n    a\n    b"
    assert str(Exit.of(-9, "why", [])) == "signal: 9 (SIGKILL), ended by its parent: why"
    assert str(Exit.of(None, None, [])) == "its exit status is not known"
    assert (Exit.of(0, None, []).success, Exit.of(-64, None, []).status) == (True, "signal: 64 (SIGRTMAX)")


INT: _p.Codec[int] = _p.Codec(int)
PLACE: _p.Method[int, int] = _p.Method("place", "place", "result", "bare", INT, INT)
QUOTES: _p.Method[int, int] = _p.Method("quotes", "quotes", "stream", "bare", INT, INT)
LOG: _p.Method[int, int] = _p.Method("log", "log", "none", "bare", INT, INT)
FILLED: _p.Event[int] = _p.Event("filled", "filled", "bare", INT)
SERVICE = _p.Service("Desk", methods=(PLACE, QUOTES, LOG), events=(FILLED,))


def announced(**methods: AnnouncedMethod) -> Init:
    return Init("/s", methods, {"other": AnnouncedEvent(4)})


def test_ids_and_timeouts_are_the_childs() -> None:
    init = Init(
        "/s",
        {
            "log": AnnouncedMethod(3, "none"),
            "place": AnnouncedMethod(9, "result", timeout=0.5),
            "quotes": AnnouncedMethod(5, "stream"),
            "more": AnnouncedMethod(6, "ack"),
        },
        {"filled": AnnouncedEvent(3)},
    )
    resolved, mismatches = resolve(init, SERVICE, 30.0)
    assert mismatches == []
    assert [resolved.methods[method].id for method in SERVICE.methods] == [9, 5, 3]
    assert [resolved.methods[method].timeout for method in SERVICE.methods] == [0.5, None, None]
    assert resolved.events == {FILLED: 3}
    init.methods["place"] = AnnouncedMethod(9, "result", timeout=0)
    assert resolve(init, SERVICE, 30.0)[0].methods[PLACE].timeout is None
    init.methods["place"] = AnnouncedMethod(9, "result")
    assert resolve(init, SERVICE, 30.0)[0].methods[PLACE].timeout == 30


def test_every_mismatch_is_named_at_once() -> None:
    init = announced(
        Place=AnnouncedMethod(1, "result"),
        quotes=AnnouncedMethod(2, "ack"),
        log=AnnouncedMethod(3, "none", raw=True),
    )
    assert resolve(init, SERVICE, None)[1] == [
        "method `Desk.place` is not there, but `Place` is",
        "method `Desk.quotes` answers with an ack, this program expects that it answers with a stream",
        "method `Desk.log` carries raw bytes, this program expects MsgPack",
        "event `Desk.filled` is not there",
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [("quote", True), ("qotes", True), ("quotas", True), ("QUOTES", True), ("quo_tes", True), ("quoted_by", False)],
)
def test_one_letter_is_near_and_two_are_not(name: str, *, near: bool) -> None:
    init = announced(
        **{name: AnnouncedMethod(1, "stream"), "place": AnnouncedMethod(2, "result"), "log": AnnouncedMethod(3, "none")}
    )
    (missing, _) = resolve(init, SERVICE, None)[1]
    assert missing == f"method `Desk.quotes` is not there{f', but `{name}` is' if near else ''}"


def test_the_services_are_named_as_in_a_sentence() -> None:
    assert "serves A to" in by_hand.explanation("desk", ["A"])
    assert "serves A, B and C to" in by_hand.explanation("desk", ["A", "B", "C"])
    assert "serves nothing to" in by_hand.explanation("desk", [])
