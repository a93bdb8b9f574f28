#!/usr/bin/env bash
# HiGHS 1.16.0 (highspy, the solver of rotas): told to be silent (output_flag and log_to_console false
# before anything else), it still writes two lines with its name and licence to standard output. They are
# written by the C++ side, so Python's redirect_stdout does not catch them: a program that answers on
# standard output (a child process behind a pipe) has them inside its first answer. Turning the file
# descriptor itself away helps.
#
# Seen, from a small knapsack solved to the optimum:
#   caught by redirect_stdout: 0 characters; on the descriptor: Running HiGHS 1.16.0 ...
#
# Fails when this has changed. Needs python3 with venv, and a package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --disable-pip-version-check --no-input install -qq highspy==1.16.0
cat >"$folder/silent.py" <<'END'
import contextlib
import io
import sys

import highspy

caught = io.StringIO()
with contextlib.redirect_stdout(caught):
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("log_to_console", False)
    chosen = [solver.addBinary() for _ in range(12)]
    solver.addConstr(sum((place % 5 + 1) * each for place, each in enumerate(chosen)) <= 9)
    solver.maximize(sum((place % 7 + 1) * each for place, each in enumerate(chosen)))
assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
print(f"caught by redirect_stdout: {len(caught.getvalue())} characters", file=sys.stderr)
END
"$folder/venv/bin/python" "$folder/silent.py" >"$folder/out" 2>"$folder/told"
cat "$folder/told"
echo "on the descriptor: $(head -1 "$folder/out")"
grep -qx "caught by redirect_stdout: 0 characters" "$folder/told" || { echo "changed: Python catches it"; exit 1; }
grep -q "^Running HiGHS 1.16.0" "$folder/out" || { echo "changed: it is silent"; exit 1; }
