"""Executes a notebook with nbclient: execute_notebook.py SOURCE TARGET FOLDER SECONDS

FOLDER is the kernel's; SECONDS is the most that a cell may take, 0 for no limit. A cell that fails
ends the execution, with its error among its outputs; the notebook is written all the same.
"""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

source, target, folder, seconds = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
client = NotebookClient(
    notebook,
    kernel_name="deno",
    timeout=int(seconds) or None,
    record_timing=False,
    resources={"metadata": {"path": folder}},
)
try:
    client.execute()
except CellExecutionError:
    pass
nbformat.write(notebook, target)
