"""`make test` calls nothing a success that has not passed."""

from types import SimpleNamespace

import pytest

from .run import Job

RESULTS = {"passed": "", "failed": "<failure/>", "skipped": "<skipped/>"}


class Told(Job):
    """A job whose runs of pytest are told beforehand: [(exit code, {test: result})]."""

    def __init__(self, folder, runs):
        super().__init__("Browser", [], {}, folder)
        self.runs, self.begun, self.attended = iter(runs), 0, False

    def run(self, name, *_more):
        code, results = next(self.runs)
        self.report = self.folder / f"{name}.xml"
        cases = [f"<testcase classname='t' name='{test}'>{RESULTS[how]}</testcase>" for test, how in results.items()]
        self.report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
        self.said.write_text("")
        self.process = SimpleNamespace(returncode=code, wait=lambda: None)


@pytest.mark.parametrize(
    ("runs", "code", "failed", "shaky"),
    [
        ([(0, {"a": "passed"})], 0, 0, []),
        ([(1, {"a": "failed", "b": "passed"}), (0, {"a": "passed"})], 0, 0, ["t::a"]),
        ([(1, {"a": "failed", "b": "failed"}), (1, {"a": "passed", "b": "failed"})], 1, 1, ["t::a"]),
        # No second chance: skipped, not run, or taken away by a broken run.
        ([(1, {"a": "failed"}), (0, {"a": "skipped"})], 0, 1, []),
        ([(1, {"": "failed"}), (0, {"a": "passed"})], 0, 1, []),
        ([(1, {"a": "failed"}), (3, {"a": "passed"})], 3, 1, []),
        # -x, an error of pytest: the rest has not run.
        ([(2, {"a": "failed"})], 2, 1, []),
        ([(1, dict.fromkeys("abcdef", "failed"))], 1, 6, []),
    ],
)
def test_failure_becomes_a_success_only_by_passing_alone(tmp_path, runs, code, failed, shaky):
    job = Told(tmp_path, runs)
    job.run("first")

    found, counts, _seconds, alone = job.result()

    assert (found, counts["failed"], alone) == (code, failed, shaky)
    assert next(job.runs, None) is None, "each run was asked for"
