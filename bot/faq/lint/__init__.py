"""Finds what is wrong or doubtful in FAQ entries: pure functions over entries and, if given, vectors."""

from bot.faq.lint.files import check_files, mend_files
from bot.faq.lint.finding import RULES, SEVERITIES, Finding, Severity
from bot.faq.lint.lint import added_errors, findings_about, lint_entries
from bot.faq.lint.mending import mend
from bot.faq.lint.policy import LintPolicy
from bot.faq.lint.question_checks import QuestionLines

__all__ = [
    "RULES",
    "SEVERITIES",
    "Finding",
    "LintPolicy",
    "QuestionLines",
    "Severity",
    "added_errors",
    "check_files",
    "findings_about",
    "lint_entries",
    "mend",
    "mend_files",
]
