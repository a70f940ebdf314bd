"""Runs the steps that have work to do, side by side where they do not depend on each other."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Callable, Dict, List, Mapping, Optional, Sequence, Set

from setup.problem import DISK_FULL, Problem, diagnose
from setup.step import Command, Step, fingerprints

STATE = ".setup"
_AT_ONCE = 3
_HEARTBEAT_SECONDS = 15.0
_TAIL_LINES = 15


class Runner:
    """One set-up of the checkout at `root`; `environ` is what the commands of the steps get to see."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = dict(environ)
        self._began = time.monotonic()
        self._changed = threading.Condition()
        self._processes: Dict[str, "subprocess.Popen[bytes]"] = {}
        self._started: Dict[str, float] = {}
        self._failure: Optional[BaseException] = None
        self._stopping = False
        self._lock: Optional[IO[str]] = None

    def run(self, steps: Sequence[Step], prepare: Callable[[Set[str]], None]) -> None:
        """Do what is not done yet, after `prepare` was told the names of it.

        Raises Problem, or KeyboardInterrupt after every child has ended.
        """
        known = fingerprints(steps, self._root, self._environ)
        if all(step.done(self._root, known[step.name]) for step in steps):
            return
        self._take_lock()
        try:
            waiting = [step for step in steps if not step.done(self._root, known[step.name])]
            self._check_disk(waiting)
            prepare({step.name for step in waiting})
            self._work(waiting, known)
        finally:
            self._release_lock()
        self.say(f"set-up complete after {time.monotonic() - self._began:.0f} s")

    def say(self, text: str) -> None:
        """One progress line with the seconds since the set-up began."""
        print(f"[{time.monotonic() - self._began:4.0f} s] {text}", flush=True)

    def _work(self, waiting: List[Step], known: Mapping[str, str]) -> None:
        total = len(waiting)
        number = {step.name: f"{place}/{total}" for place, step in enumerate(waiting, 1)}
        undone = {step.name for step in waiting}
        threads: List[threading.Thread] = []
        try:
            with self._changed:
                beat = time.monotonic()
                while (waiting or self._started) and self._failure is None:
                    for step in list(waiting):
                        if len(self._started) < _AT_ONCE and not undone.intersection(step.after):
                            waiting.remove(step)
                            self._started[step.name] = time.monotonic()
                            self.say(f"{number[step.name]} {step.title} …")
                            thread = threading.Thread(
                                target=self._do, args=(step, number[step.name], known[step.name], undone)
                            )
                            threads.append(thread)
                            thread.start()
                    self._changed.wait(1.0)
                    if time.monotonic() - beat >= _HEARTBEAT_SECONDS and self._started:
                        beat = time.monotonic()
                        at_work = ", ".join(f"{n} {beat - since:.0f} s" for n, since in self._started.items())
                        self.say(f"    at work: {at_work}")
        finally:
            self._stop_children()
            for thread in threads:
                thread.join()
        if self._failure is not None:
            raise self._failure

    def _do(self, step: Step, number: str, fingerprint: str, undone: Set[str]) -> None:
        failure: Optional[BaseException] = None
        began = time.monotonic()
        try:
            step.begin(self._root)
            log = self._root / STATE / "logs" / f"{step.name}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as stream:
                for command in step.commands():
                    self._call(step, command, stream, log)
            missing = [output for output in step.outputs if not (self._root / output).exists()]
            if missing:
                raise Problem(f"{step.title} ended without {missing[0]}; its log is {log}.")
            step.finish(self._root, fingerprint)
        except OSError as error:
            failure = Problem(DISK_FULL if error.errno == 28 else f"{step.title}: {error}")
        except Exception as error:
            failure = error
        with self._changed:
            self._started.pop(step.name)
            if failure is None:
                undone.discard(step.name)
                self.say(f"{number} {step.title}: done in {time.monotonic() - began:.0f} s")
            elif self._failure is None and not self._stopping:
                self._failure = failure
            self._changed.notify()

    def _call(self, step: Step, command: Command, stream: IO[bytes], log: Path) -> None:
        stream.write(("$ " + " ".join(command.words) + "\n").encode())
        stream.flush()
        place = stream.tell()
        with self._changed:
            if self._stopping:
                raise Problem("stopped")
            try:
                # Each child holds the lock too: when this process is killed, the next set-up waits for them.
                process = subprocess.Popen(
                    command.words,
                    cwd=str(self._root / command.folder),
                    env={**self._environ, **command.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=[self._lock.fileno()] if self._lock else [],
                )
            except OSError as error:
                raise Problem(f"{step.title}: {command.words[0]} cannot be started ({error}).") from error
            self._processes[step.name] = process
        code = process.wait()
        with self._changed:
            self._processes.pop(step.name)
        if code == 0 or command.may_fail:
            return
        text = log.read_bytes()[place:].decode("utf-8", "replace")
        sentence = diagnose(text, code)
        if sentence is None:
            tail = "\n".join(text.splitlines()[-_TAIL_LINES:])
            raise Problem(
                f"{step.title} failed with exit status {code}; the whole log is {log}. It ends:\n{tail}"
            )
        raise Problem(f"{step.title}: {sentence} (log: {log})")

    def _stop_children(self) -> None:
        with self._changed:
            self._stopping = True
            processes = list(self._processes.values())
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            for process in processes:
                if process.poll() is None:
                    try:
                        os.killpg(process.pid, signal_number)
                    except ProcessLookupError:
                        continue
            deadline = time.monotonic() + 5
            while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
                time.sleep(0.05)

    def _check_disk(self, waiting: Sequence[Step]) -> None:
        needed = sum(step.megabytes for step in waiting)
        free = shutil.disk_usage(str(self._root)).free // 2**20
        if free < needed:
            raise Problem(
                f"the set-up needs about {needed / 1000:.1f} GB on the disk of {self._root} and "
                f"{free / 1000:.1f} GB are free: free some space, then run it again."
            )

    def _take_lock(self) -> None:
        state = self._root / STATE
        try:
            state.mkdir(exist_ok=True)
            self._lock = (state / "lock").open("a+")
        except OSError as error:
            raise Problem(
                DISK_FULL if error.errno == 28 else f"{state} cannot be written: {error}"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.say(
                "another set-up of this folder is at work, or one that was killed is still ending; waiting …"
            )
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def _release_lock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None


def stop_on_termination() -> None:
    """Treat a polite kill like Ctrl-C, so that no child outlives the set-up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    if sys.stdin is not None and hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, interrupt)
