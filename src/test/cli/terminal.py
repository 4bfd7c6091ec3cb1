#!/usr/bin/env python3
"""podlint on a terminal: what explain does with its size, its colours and the pager, and completion in the shells themselves.

    terminal.py PODLINT

A shell that is not installed is left out, and said to be.
"""
import fcntl, os, pty, re, resource, select, shutil, signal, struct, subprocess, sys, tempfile, termios, time
from pathlib import Path

podlint = Path(sys.argv[1]).resolve()
examples = Path(__file__).resolve().parents[3] / "testdata/examples"
counts = {"passed": 0, "failed": 0, "skipped": 0}


def expect(name, holds, shown=""):
    counts["passed" if holds else "failed"] += 1
    if not holds:
        print(f"FAIL {name}\n{shown}")


class Terminal:
    """A command whose standard input and output are a terminal of a given size."""

    def __init__(self, argv, rows=24, columns=80, **env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            path = f"{podlint.parent}:{os.environ['PATH']}"
            os.execvpe(argv[0], argv, {"PATH": path, "TERM": "xterm", "PS1": "$ ", "LC_ALL": "C.UTF-8", "HOME": os.getcwd(), **env})
        self.seen = ""

    def type(self, keys):
        os.write(self.fd, keys.encode())
        return self

    def read(self, seconds):
        """Reads for at most so long; False at the end of the output."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.seen += data.decode(errors="replace")
        return bool(data)

    def until(self, wanted, seconds=10):
        """Reads until the output holds a text, and tells whether it did in time."""
        end = time.monotonic() + seconds
        while wanted not in self.plain() and time.monotonic() < end and self.read(0.1):
            pass
        return wanted in self.plain()

    def prepare(self, commands):
        """Runs commands in a shell and waits for the prompt after them."""
        self.until("$ ")
        self.type(commands + "; echo rea''dy\r")
        end = time.monotonic() + 10
        while "$ " not in self.plain().partition("ready\n")[2] and time.monotonic() < end and self.read(0.1):
            pass

    def finish(self, seconds=10):
        """Reads to the end of the output and returns it with the exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read(0.1):
            pass
        return self.plain(), self.close()

    def plain(self):
        return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07|\([A-Z])", "", self.seen).replace("\r", "")

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.close()

    def close(self):
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def explain(*arguments, **options):
    return Terminal([str(podlint), "explain", *arguments], **options)


def test_pager():
    marked = "sed 's/^/paged: /'"
    text, code = explain("spec", rows=24, PAGER=marked).finish()
    expect("a long answer is paged", code == 0 and "paged: Pod.spec" in text, text[:300])
    text, code = explain("spec", rows=200, PAGER=marked).finish()
    expect("an answer that fits is not paged", code == 0 and "Pod.spec" in text and "paged:" not in text, text[:300])
    text, code = explain("spec", PATH="/nowhere").finish()
    expect("no less", code == 0 and "terminationGracePeriodSeconds" in text and "less" not in text, text[:300])
    text, code = explain("spec", PAGER="no-such-pager").finish()
    expect("a pager that is not there", code == 0 and "terminationGracePeriodSeconds" in text, text[:300])
    text, code = explain("spec", PAGER="head -n 2").finish()
    expect("a pager that ends early", code == 0 and "Pod.spec" in text, text[:300])
    if shutil.which("less"):
        less = explain("spec", TERM="xterm")
        held = less.until("Pod.spec") and "terminationGracePeriodSeconds" not in less.plain()
        expect("less waits for a key", held, less.plain())
        text, code = less.type("q").finish()
        expect("less ends with q", code == 0, text[:300])
    run = subprocess.run([podlint, "explain", "spec"], stdout=subprocess.PIPE, env={**os.environ, "PAGER": "false"}, text=True)
    expect("no pager without a terminal", run.returncode == 0 and "volumes" in run.stdout, run.stdout[:300])
    expect("no colours without a terminal", "\x1b" not in run.stdout, run.stdout[:300])


def test_looks():
    for columns in (40, 60, 80, 100):
        text, _ = explain("spec.containers.image", rows=500, columns=columns).finish()
        wide = [line for line in text.splitlines() if len(line) > columns and " " in line.strip()]
        expect(f"{columns} columns", not wide, wide)
    terminal = explain("spec.dnsPolicy", rows=500)
    terminal.finish()
    expect("colours on a terminal", "\x1b[1mPod.spec.dnsPolicy\x1b[0m" in terminal.seen, terminal.seen[:300])
    for name, env in (("NO_COLOR", {"NO_COLOR": "1"}), ("a dumb terminal", {"TERM": "dumb"})):
        terminal = explain("spec.dnsPolicy", rows=500, **env)
        terminal.finish()
        expect(f"no colours with {name}", "\x1b" not in terminal.seen, terminal.seen[:300])


def test_quick():
    """Far above what an answer takes, for slow machines and sanitizers."""
    before, rounds = resource.getrusage(resource.RUSAGE_CHILDREN), 20
    for _ in range(rounds):
        subprocess.run([podlint, "explain", "spec.containers.securityContext"], stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    each = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / rounds
    expect("an answer takes little processor time", each < 0.1, f"{each * 1000:.1f} ms")


# What is typed, and what has to stand on the terminal after TAB.
TYPED = [
    ("podlint che", "podlint check "),
    ("podlint explain spec.con", "podlint explain spec.containers"),
    ("podlint explain spec.containers.imagePu", "podlint explain spec.containers.imagePullPolicy"),
    ("podlint explain me", "podlint explain metadata."),
    ("podlint explain deploy", "podlint explain deployment"),
    ("podlint explain termina", "podlint explain termination"),
    ("podlint explain unknown-fi", "podlint explain unknown-field"),
    ("podlint explain imagePullP", "podlint explain imagePullPolicy"),
    ("podlint check --pod-security res", "podlint check --pod-security restricted"),
    ("podlint check --kube", "podlint check --kubernetes-version"),
    ("podlint check --ignore unknown-fi", "podlint check --ignore unknown-field"),
    ("podlint check --ignore range,unknown-fi", "podlint check --ignore range,unknown-field"),
    ("podlint check --format sar", "podlint check --format sarif"),
    ("podlint check --format=sar", "podlint check --format=sarif"),
    ("podlint diff --color alw", "podlint diff --color always"),
    ("podlint rules privileged-cont", "podlint rules privileged-container"),
    ("podlint help simu", "podlint help simulate"),
    ("podlint check po", "podlint check pod.yaml"),
    ("podlint completion fi", "podlint completion fish"),
    ("podlint check --output sar", "podlint check --output sarif="),
]
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "bind 'set bell-style none'; source <(podlint completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "unsetopt prompt_sp beep; autoload -U compinit; compinit -u -D; source <(podlint completion zsh)"),
    "fish": (["fish", "--no-config", "-i", "-C", "function fish_prompt; echo -n '$ '; end"], "podlint completion fish | source"),
}


def test_completion(shell):
    if not shutil.which(shell):
        print(f"SKIP completion in {shell}: {shell} is not installed")
        counts["skipped"] += 1
        return
    argv, setup = SHELLS[shell]
    terminal = Terminal(argv, rows=50, columns=200)
    terminal.prepare(setup)
    for typed, wanted in TYPED:
        terminal.seen = ""
        terminal.type(typed + "\t")
        expect(f"{shell}: {typed}", terminal.until(wanted), terminal.plain())
        terminal.type("\x15")
    terminal.kill()


def test_installed_zsh():
    """zsh loads the function from a folder of $fpath when it is wanted for the first time."""
    if not shutil.which("zsh"):
        return
    Path("_podlint").write_text(subprocess.run([podlint, "completion", "zsh"], stdout=subprocess.PIPE, text=True).stdout)
    terminal = Terminal(["zsh", "-f", "-i"], rows=50, columns=200)
    terminal.prepare("fpath=($PWD $fpath); autoload -U compinit; compinit -u -D")
    terminal.seen = ""
    expect("zsh: from $fpath", terminal.type("podlint explain spec.con\t").until("spec.containers"), terminal.plain())
    terminal.kill()


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    shutil.copy(examples / "pod.yaml", folder)
    test_pager()
    test_looks()
    test_quick()
    for shell in SHELLS:
        test_completion(shell)
    test_installed_zsh()
    os.chdir("/")
print("terminal: {passed} passed, {failed} failed, {skipped} skipped".format(**counts))
sys.exit(1 if counts["failed"] else 0)
