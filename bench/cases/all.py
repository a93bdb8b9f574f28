"""Owns the list of cases that ``python -m bench against`` knows, in the order they run."""

from __future__ import annotations

from bench.cases import Case, files, pages, paper, process, rates

CASES: tuple[Case, ...] = (
    *rates.CASES,
    *process.CASES,
    *paper.CASES,
    *files.CASES,
    *pages.CASES,
)
