"""Writes reference numbers of a WRN-16-2, computed in float64.

usage: python3 wide_resnet.py FILE

Weights, running statistics and images come from a generator that the test has, too. Of maps and
gradients of parameters only the norm and the product with such numbers are stored.
"""

import json
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F

COUNT, CHANNELS, SIDE, CLASSES = 4, 3, 8, 5


def numbers(shape, seed):
    """Draws numbers in [-1/2, 1/2) with a linear congruential generator."""
    values, state = [], seed
    for _ in range(torch.Size(shape).numel()):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(state / 2**32 - 0.5)
    return torch.tensor(values, dtype=torch.float32).double().reshape(shape)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        if inputs != outputs:
            self.convShortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        active = F.relu(self.bn1(x))
        out = self.conv2(F.relu(self.bn2(self.conv1(active))))
        return out + (self.convShortcut(active) if hasattr(self, "convShortcut") else x)


class Stage(nn.Module):
    def __init__(self, inputs, outputs, stride, blocks):
        super().__init__()
        later = [Block(outputs, outputs, 1) for _ in range(blocks - 1)]
        self.layer = nn.Sequential(Block(inputs, outputs, stride), *later)

    def forward(self, x):
        return self.layer(x)


class WideResNet(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        widths = [16, 16 * width, 32 * width, 64 * width]
        blocks = (depth - 4) // 6
        self.conv1 = nn.Conv2d(CHANNELS, 16, 3, 1, 1, bias=False)
        self.block1 = Stage(widths[0], widths[1], 1, blocks)
        self.block2 = Stage(widths[1], widths[2], 2, blocks)
        self.block3 = Stage(widths[2], widths[3], 2, blocks)
        self.bn1 = nn.BatchNorm2d(widths[3])
        self.fc = nn.Linear(widths[3], CLASSES)

    def forward(self, x):
        first = self.block1(self.conv1(x))
        second = self.block2(first)
        last = F.relu(self.bn1(self.block3(second)))
        pooled = F.avg_pool2d(last, last.shape[2]).flatten(1)
        return self.fc(pooled), last


def scaled(name, values):
    if name.endswith(("running_var", "bn1.weight", "bn2.weight")):
        return 1 + 0.6 * values
    return (0.2 if values.dim() == 4 else 0.6) * values


def summary(tensor):
    """Gives the norm, and the product with numbers."""
    return torch.stack([tensor.norm(), (tensor * numbers(tensor.shape, 7)).sum()])


network = WideResNet(16, 2).double()
state = {name: value for name, value in network.state_dict().items() if value.dim()}
for k, (name, value) in enumerate(state.items()):
    value.copy_(scaled(name, numbers(value.shape, k)).float())
# The ReLUs before the second and third stage are those of their first blocks.
maps = []
for stage in network.block2, network.block3:
    stage.layer[0].bn1.register_forward_hook(lambda _module, _inputs, map: maps.append(F.relu(map)))

tensors = {}
for mode in "inference", "training":
    network.train(mode == "training")
    maps.clear()
    images = (4 * numbers((COUNT, CHANNELS, SIDE, SIDE), 1000)).requires_grad_()
    logits, last = network(images)
    tensors[f"{mode}.logits"] = logits
    for k, map in enumerate([*maps, last]):
        tensors[f"{mode}.feature{k + 1}"] = summary(map)
    parameters = dict(network.named_parameters())
    loss = (logits * numbers(logits.shape, 2000)).sum()
    gradients = torch.autograd.grad(loss, [images, *parameters.values()])
    tensors[f"{mode}.images"] = gradients[0]
    if mode == "training":
        for name, gradient in zip(parameters, gradients[1:]):
            tensors[f"gradient.{name}"] = summary(gradient)
        for name, value in state.items():
            if "running" in name:
                tensors[f"after.{name}"] = value

header, data = {}, b""
for name, tensor in tensors.items():
    values = tensor.detach().float().flatten().tolist()
    offsets = [len(data), len(data) + 4 * len(values)]
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": offsets}
    data += struct.pack(f"<{len(values)}f", *values)
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
