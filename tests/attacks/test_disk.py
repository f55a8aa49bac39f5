"""Files: too many, too big, too deep, closed to their owner, or in places where the next job would find them."""

from __future__ import annotations

import pytest

from tests.attacks.arena import Arena

USERS_TOO = True


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_a_folder_filled_to_the_brim(arena: Arena, folder: str) -> None:
    arena.strike(
        f"""
        number = 0
        block = bytes(1 << 20)
        try:
            while True:
                with open(f"{folder}/{{number}}", "wb") as file:
                    for _ in range(16):
                        file.write(block)
                number += 1
        except OSError as error:
            print(error.errno, number)
        return x + 1
        """,
        ("passed", "out_of_memory"),
    )
    arena.heal()


def test_a_file_larger_than_the_question_allows(arena: Arena) -> None:
    """16 MiB: the kernel answers EFBIG, or ends a process that did not ask to be spared."""
    case = arena.strike(
        """
        try:
            with open("/tmp/big", "wb") as file:
                for _ in range(17):
                    file.write(bytes(1 << 20))
        except OSError as error:
            print(error.errno)
        return x + 1
        """,
        "passed",
    )
    assert case.output == "27\n"
    arena.heal()


def test_a_flood_of_inodes(arena: Arena) -> None:
    arena.strike(
        """
        try:
            for number in range(15_000):
                os.close(os.open(f"/tmp/{number}", os.O_CREAT))
            for number in range(15_000):
                os.mkdir(f"/dev/shm/{number}")
        except OSError as error:
            print(error.errno)
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_folders_deeper_than_any_path_or_stack(arena: Arena) -> None:
    arena.strike(
        """
        for _ in range(3000):
            os.mkdir("deeper" * 10)
            os.chdir("deeper" * 10)
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_folders_closed_to_everybody(arena: Arena) -> None:
    arena.strike(
        """
        for top in ("/tmp", "/dev/shm"):
            os.makedirs(f"{top}/a/b/c")
            for path in ("a/b/c/file", "a/b/file", "a/file", "file"):
                os.close(os.open(f"{top}/{path}", os.O_CREAT, 0))
            for path in ("a/b/c", "a/b", "a"):
                os.chmod(f"{top}/{path}", 0)
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_names_and_kinds_of_every_sort(arena: Arena) -> None:
    arena.strike(
        r"""
        for name in (b"\xff\xfe", b"new\nline", b"-rf", b" ", b"~", b"*", b"\x1b[2J", b"a" * 255, b".hidden"):
            os.close(os.open(b"/tmp/" + name, os.O_CREAT))
            os.mkdir(b"/dev/shm/" + name)
        try:
            os.mkfifo("/tmp/fifo")
        except PermissionError:
            pass  # docker's own filter knows no mknod
        os.symlink("/", "/tmp/root")
        os.symlink("loop", "/tmp/loop")
        os.link(b"/tmp/.hidden", "/tmp/again")
        import socket
        socket.socket(socket.AF_UNIX).bind("/tmp/socket")
        with open("/tmp/sparse", "wb") as file:
            file.truncate(15 << 20)
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_nothing_else_can_be_written(arena: Arena) -> None:
    """Everything that is not /tmp and /dev/shm is read-only, or somebody else's."""
    case = arena.strike(
        """
        written = []
        for top, folders, files in os.walk("/"):
            if top.startswith(("/proc/", "/tmp", "/dev/shm")):
                folders.clear()
                continue
            name = os.path.join(top, "left-by-me")
            try:
                os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
                written.append(name)
            except OSError:
                pass
        print(json.dumps(written))
        return x + 1
        """,
        "passed",
    )
    assert case.output == "[]\n"
    arena.heal()


def test_a_folder_that_is_taken_away_from_the_next_job(arena: Arena) -> None:
    """Where the candidate shares the zygote's uid, /tmp is the candidate's: the slot is given up, and a clean one
    takes its place."""
    arena.strike(
        """
        for folder in ("/tmp", "/dev/shm"):
            for act in (lambda: os.setxattr(folder, "user.note", b"for the next"), lambda: os.chmod(folder, 0)):
                try:
                    act()
                except OSError:
                    pass
        return x + 1
        """,
        "passed",
    )
    arena.heal(same_slot=arena.name != "bubblewrap-user")
