"""Executes a notebook with nbclient: execute_with_nbclient.py SOURCE TARGET FOLDER

FOLDER is the kernel's working directory. A cell that fails ends the execution and holds its error
among its outputs; the notebook is still written.
"""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbclient.util import ensure_async


class PatientClient(NotebookClient):
    """Also takes printed text that arrives late.

    Deno's kernel sends printed text through its own queue. It reports about one in a hundred cells
    that only print as done before their text is sent, and nbclient then no longer listens.
    """

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        while await self._take_late_output(parent_msg_id, cell, cell_index):
            pass

    async def _take_late_output(self, parent_msg_id, cell, cell_index):
        """Returns True if output came before the kernel answered a request sent after the cell."""
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


source, target, folder = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
client = PatientClient(
    notebook,
    kernel_name="deno",
    timeout=None,
    record_timing=False,
    resources={"metadata": {"path": folder}},
)
try:
    client.execute()
except CellExecutionError:
    pass
nbformat.write(notebook, target)
