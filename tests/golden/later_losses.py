"""Writes reference numbers of the later methods' losses and gradients, computed in float64.

usage: python3 later_losses.py FILE
"""

import json
import struct
import sys

import torch
from torch.nn import functional as F

torch.manual_seed(1)
tensors = {}


def given(name, values):
    """Stores an input in float32, and returns it in float64, so that rounding is no difference."""
    tensors[name] = values.float()
    return tensors[name].double()


def store(name, loss, student):
    """Stores a loss and its gradient."""
    tensors[name] = loss.detach().reshape(1)
    tensors[name + "_grad"] = torch.autograd.grad(loss, student, retain_graph=True)[0]


def correlation(a, b, axis):
    """Computes the mean of Pearson's correlation."""
    a, b = a - a.mean(axis, keepdim=True), b - b.mean(axis, keepdim=True)
    lengths = torch.linalg.vector_norm(a, dim=axis) * torch.linalg.vector_norm(b, dim=axis)
    return ((a * b).sum(axis) / (lengths + 1e-8)).mean()


def distances(embeddings):
    """Computes all distances over the mean distance of different images."""
    different = ~torch.eye(len(embeddings), dtype=torch.bool)
    between = torch.zeros(different.shape, dtype=torch.float64)
    pairs = embeddings[:, None] - embeddings[None]
    between[different] = torch.linalg.vector_norm(pairs[different], dim=1)
    return between / between[different].mean()


def cosines(embeddings):
    """Computes the cosines of the angles at each image between all pairs of images."""
    directions = F.normalize(embeddings[None] - embeddings[:, None], dim=2)
    return torch.einsum("ijc,ikc->ijk", directions, directions)


def standardised(logits):
    return (logits - logits.mean(1, keepdim=True)) / (logits.std(1, keepdim=True) + 1e-7)


def soft_cross_entropy(teacher, student, temperature):
    targets = F.softmax(teacher / temperature, 1)
    return F.cross_entropy(student / temperature, targets)


def activation(teacher, student, margin):
    """Computes the mean loss of activation boundaries, its two cases apart as in published code."""
    inactive = ((student + margin) ** 2)[(teacher <= 0) & (student > -margin)].sum()
    active = ((student - margin) ** 2)[(teacher > 0) & (student <= margin)].sum()
    return (inactive + active) / student.numel()


def contrast(anchors, bank, drawn, temperature):
    """Computes the contrast of embeddings with drawn rows of a bank, the own one first."""
    scores = torch.exp(torch.einsum("id,ikd->ik", anchors, bank[drawn]) / temperature)
    shares = scores / (scores.mean().detach() * len(bank))
    noise = (drawn.shape[1] - 1) / len(bank)
    own = torch.log(shares[:, 0] / (shares[:, 0] + noise + 1e-7)).sum()
    others = torch.log(noise / (shares[:, 1:] + noise + 1e-7)).sum()
    return -(own + others) / len(anchors)


teacher = given("logits_teacher", 3 * torch.randn(12, 10))
student = given("logits_student", 2 * torch.randn(12, 10)).requires_grad_()
for temperature in 1, 4:
    p, q = F.softmax(teacher / temperature, 1), F.softmax(student / temperature, 1)
    for part, axis in ("inter", 1), ("intra", 0):
        loss = temperature**2 * (1 - correlation(p, q, axis))
        store(f"dist_{part}_T{temperature}", loss, student)
loss = soft_cross_entropy(standardised(teacher), standardised(student), 3)
store("standardised_T3", loss, student)

teacher = given("embeddings_teacher", torch.randn(9, 16).relu())
student = given("embeddings_student", torch.randn(9, 12).relu()).requires_grad_()
store("distance", F.smooth_l1_loss(distances(student), distances(teacher)), student)
store("angle", F.smooth_l1_loss(cosines(student), cosines(teacher)), student)

teacher = given("responses_teacher", torch.randn(3, 6, 4, 4).relu())
student = given("responses_student", 1.5 * torch.randn(3, 6, 4, 4)).requires_grad_()
store("activation", activation(teacher, student, 1), student)

parts, banks = {}, {}
for role, channels in ("student", 5), ("teacher", 7):
    parts[f"{role}.map"] = given(f"{role}.map", torch.randn(4, channels, 2, 3).relu())
    parts[f"{role}.weight"] = given(f"{role}.weight", torch.randn(channels, 8))
    parts[f"{role}.bias"] = given(f"{role}.bias", torch.randn(8))
    banks[role] = given(f"{role}.bank", F.normalize(torch.randn(10, 8)))
parts = {name: part.requires_grad_() for name, part in parts.items() if name != "teacher.map"}
rows = given("rows", torch.tensor([[3], [0], [9], [4]])).long()
drawn = torch.cat([rows, torch.randint(10, (4, 6))], 1)
given("counts", F.one_hot(drawn, 10).sum(1))
embedded = {}
for role in banks:
    means = parts.get(f"{role}.map", tensors[f"{role}.map"].double()).mean((2, 3))
    embedded[role] = F.normalize(means @ parts[f"{role}.weight"] + parts[f"{role}.bias"])
loss = contrast(embedded["student"], banks["teacher"], drawn, 0.07)
loss = loss + contrast(embedded["teacher"], banks["student"], drawn, 0.07)
for name, part in parts.items():
    store(f"contrast_{name}", loss, part)

header, data = {}, b""
for name, tensor in tensors.items():
    numbers = tensor.detach().float().flatten().tolist()
    offsets = [len(data), len(data) + 4 * len(numbers)]
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": offsets}
    data += struct.pack(f"<{len(numbers)}f", *numbers)
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
