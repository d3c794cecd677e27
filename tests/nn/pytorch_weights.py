"""Loads weights of a ResNet into PyTorch, computes logits, and saves the weights as `torch.save` does.

usage: python3 pytorch_weights.py WEIGHTS.safetensors FOLDER

Prints the logits of two images, [2, classes], as JSON, and writes .pth files to the folder.
"""

import json
import os
import struct
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../lib/bench"))
from pytorch_step import ResNet  # noqa: E402

path, folder = sys.argv[1:]
with open(path, "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(length))
    body = file.read()
header.pop("__metadata__")
tensors = {}
for name, entry in header.items():
    start, end = entry["data_offsets"]
    values = np.frombuffer(body[start:end], np.float32)
    tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())

blocks = {".".join(name.split(".")[:2]) for name in tensors if name.startswith("layer")}
network = ResNet(2 * len(blocks) + 2, tensors).eval()
channels = tensors["conv1.weight"].shape[1]
images = torch.arange(2 * channels * 64).reshape(2, channels, 8, 8) * 37 % 101 / 50 - 1
with torch.no_grad():
    print(json.dumps(network(images).tolist()))

state = network.state_dict()
parallel = torch.nn.DataParallel(network)
torch.save(state, f"{folder}/plain.pth")
torch.save({"net": parallel.state_dict(), "acc": 92.55, "epoch": 160}, f"{folder}/parallel.pth")
torch.save({name: value for name, value in network.named_parameters()} | state, f"{folder}/parameters.pth")
torch.save({name: value.double() for name, value in state.items()}, f"{folder}/double.pth")
torch.save(network, f"{folder}/whole.pth")
torch.save(state, f"{folder}/old.pth", _use_new_zipfile_serialization=False)
