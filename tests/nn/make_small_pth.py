"""Writes the file that tests read on machines without PyTorch.

usage: python3 make_small_pth.py FILE
"""

import sys

import torch

values = torch.arange(24, dtype=torch.float32) / 3
network = torch.nn.Sequential(torch.nn.BatchNorm1d(3)).state_dict()
network["first"] = values[:6].reshape(2, 3)
network["rest"] = torch.nn.Parameter(values[6:])
network["half"] = values.half()
network["bfloat"] = values.bfloat16().reshape(2, 3, 4)
network["scalar"] = torch.tensor(-0.0)
wrapped = {f"module.{name}": value for name, value in network.items()}
others = {"epoch": 300, "accuracy": 92.5, "steps": 2**40, "name": "é", "best": None, "args": [1, (2, True)]}
optimizer = {"state": {0: {"momentum_buffer": values}}, "param_groups": [{"lr": 0.1, "params": [0]}]}
torch.save({"net": wrapped, "optimizer": optimizer, **others}, sys.argv[1])
