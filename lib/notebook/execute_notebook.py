"""Executes a notebook with nbclient: execute_notebook.py SOURCE TARGET FOLDER SECONDS

FOLDER is the kernel's; SECONDS is the most that a cell may take, 0 for no limit. A cell that fails
ends the execution, with its error among its outputs; the notebook is written all the same.
"""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbclient.util import ensure_async


class PatientClient(NotebookClient):
    """Takes what a cell printed also where it comes late.

    Deno's kernel sends what is printed through a queue beside that of its other messages. Of a cell
    that only prints, one in about a hundred is said to be done before its text is sent, and nbclient
    no longer listens then.
    """

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        while await self._take_late_output(parent_msg_id, cell, cell_index):
            pass

    async def _take_late_output(self, parent_msg_id, cell, cell_index):
        """Whether there was any before the kernel answered a question that was put after the cell."""
        was_late = False
        question = await ensure_async(self.kc.kernel_info())
        while True:
            message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=None))
            parent = message["parent_header"].get("msg_id")
            if parent == parent_msg_id:
                self.process_message(message, cell, cell_index)
                was_late = True
            elif parent == question and message["content"].get("execution_state") == "idle":
                return was_late


source, target, folder, seconds = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
client = PatientClient(
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
