"""Runs two cells in Deno's kernel, interrupts the first after it said "started", and prints what became of them as JSON.

usage: interrupt_cell.py FIRST_CELL SECOND_CELL, in the folder of the notebooks and with JUPYTER_PATH set
"""
import json, queue, sys, time
from jupyter_client import KernelManager

manager = KernelManager(kernel_name="deno")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(60)


def run(code, interrupt):
    request, text, end = client.execute(code), "", time.time() + 240
    while time.time() < end:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        text += content.get("text", "") + content.get("evalue", "")
        if interrupt and "started" in text:
            manager.interrupt_kernel()
            interrupt = False
        if content.get("execution_state") == "idle":
            return text
    return text + " (timed out)"


outputs = [run(open(sys.argv[1]).read(), True), run(open(sys.argv[2]).read(), False)]
alive = manager.is_alive()
manager.shutdown_kernel()
print(json.dumps({"outputs": outputs, "alive": alive}))
