"""Makes autoattack.safetensors: FAB-T and Square on the images of attacks.safetensors, in float64.

Written from the papers, for one purpose: to compare the library with code that shares nothing with it.
FAB: Croce and Hein, ICML 2020, algorithm 1. Square: Andriushchenko et al., ECCV 2020, algorithms 1 to 3.
Constants and the schedule of the squares are those of AutoAttack's published code.

    python3 tests/golden/fashion/autoattack.py
"""
import json
import struct
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

FOLDER = Path(__file__).parent
TYPES = {"F32": np.float32, "I32": np.int32, "U8": np.uint8}
MEAN = torch.tensor([0.4914, 0.4822, 0.4465], dtype=torch.float64).view(1, 3, 1, 1)
STD = torch.tensor([0.2023, 0.1994, 0.2010], dtype=torch.float64).view(1, 3, 1, 1)


def read(name):
    raw = (FOLDER / name).read_bytes()
    size = 8 + struct.unpack("<Q", raw[:8])[0]
    tensors = {}
    for key, entry in json.loads(raw[8:size]).items():
        if key == "__metadata__":
            continue
        start, end = (size + offset for offset in entry["data_offsets"])
        values = np.frombuffer(raw[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[key] = torch.from_numpy(values.copy())
    return tensors


def write(name, tensors, metadata):
    header, body = {"__metadata__": metadata}, b""
    for key, values in tensors.items():
        data = np.asarray(values, np.float32)
        header[key] = {"dtype": "F32", "shape": list(data.shape),
                       "data_offsets": [len(body), len(body) + data.nbytes]}
        body += data.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / name).write_bytes(struct.pack("<Q", len(text)) + text + body)


WEIGHTS = {key: value.double() for key, value in read("teacher_resnet14.safetensors").items()}


def teacher(pixels):
    """The logits of the teacher for pixels in 0...1, [n, 3, 32, 32]."""
    def norm(x, name):
        part = [WEIGHTS[f"{name}.{what}"] for what in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *part, training=False)

    x = F.relu(norm(F.conv2d((pixels - MEAN) / STD, WEIGHTS["conv1.weight"], padding=1), "bn1"))
    for stage in (1, 2, 3):
        for block in (0, 1):
            name, stride = f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1
            y = F.relu(norm(F.conv2d(x, WEIGHTS[f"{name}.conv1.weight"], stride=stride, padding=1), f"{name}.bn1"))
            y = norm(F.conv2d(y, WEIGHTS[f"{name}.conv2.weight"], padding=1), f"{name}.bn2")
            if stride == 2:
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
            x = F.relu(x + y)
    return F.linear(x.mean((2, 3)), WEIGHTS["linear.weight"], WEIGHTS["linear.bias"])


def length(delta, p):
    return delta.flatten(1).norm(p=p, dim=1)


def to_plane(z, w, b, p):
    """The smallest d with w(z + d) = b and z + d in 0...1, for flat rows: breakpoints in order (section 3)."""
    result = torch.zeros_like(z)
    for i in range(len(z)):
        rise = b[i] - w[i] @ z[i]
        way = torch.sign(w[i]) * torch.sign(rise)
        room = torch.where(way > 0, 1 - z[i], z[i])
        weight, rise = w[i].abs(), rise.abs()
        use = (weight > 0) & (room > 0)
        if not use.any():
            continue
        way, room, weight = way[use], room[use], weight[use]
        speed = weight if p == 2 else torch.ones_like(weight)
        order = torch.argsort(room / speed)
        full = torch.cumsum((weight * room)[order], 0)
        running = torch.flip(torch.cumsum(torch.flip((weight * speed)[order], [0]), 0), [0])
        at = (room / speed)[order]
        # The rise at each breakpoint: pixels up to it are at their bounds, the others still move.
        after = full + at * torch.cat([running[1:], running.new_zeros(1)])
        k = int(torch.searchsorted(after, rise))
        if k == len(after):
            d = room
        else:
            t = (rise - (full[k - 1] if k > 0 else 0)) / running[k]
            d = torch.minimum(t * speed, room)
        result[i, use] = way * d
    return result


def fab(images, labels, p, steps, classes):
    """The size of the smallest perturbation found for each image, infinite where there is none."""
    ranks = teacher(images).scatter(1, labels[:, None], -np.inf).argsort(1, descending=True)
    best = torch.full((len(images),), np.inf, dtype=torch.float64)
    for target in ranks.T[:classes]:
        x = images.clone()
        for _ in range(steps):
            x.requires_grad_(True)
            z = teacher(x)
            gap = (z.gather(1, target[:, None]) - z.gather(1, labels[:, None]))[:, 0]
            w, = torch.autograd.grad(gap.sum(), x)
            x, gap, w = x.detach(), gap.detach(), w.flatten(1)
            flat, flat0 = x.flatten(1), images.flatten(1)
            b = (w * flat).sum(1) - gap
            d, d0 = to_plane(flat, w, b, p), to_plane(flat0, w, b, p)
            a, a0 = length(d, p).clamp(min=1e-8), length(d0, p).clamp(min=1e-8)
            alpha = (a / (a + a0)).clamp(max=0.1)[:, None]
            x = ((1 - alpha) * (flat + 1.05 * d) + alpha * (flat0 + 1.05 * d0)).clamp(0, 1).view_as(images)
            crossed = teacher(x).argmax(1) != labels
            best = torch.where(crossed, torch.minimum(best, length(x - images, p)), best)
            x = torch.where(crossed.view(-1, 1, 1, 1), images + 0.9 * (x - images), x)
    return best


def hill(rows, columns):
    up = np.maximum.outer(abs(np.arange(rows) - rows // 2), abs(np.arange(columns) - columns // 2))
    rings = max(rows // 2, columns // 2) + 1
    values = np.array([sum(1 / (k + 1) ** 2 for k in range(d, rings)) for d in up.ravel()]).reshape(up.shape)
    return values / np.linalg.norm(values)


def pattern(side, draw):
    values = np.concatenate([hill(side // 2, side) if side > 1 else np.zeros((0, side)), -hill(side - side // 2, side)])
    values /= np.linalg.norm(values)
    return values.T if draw.random() < 0.5 else values


def square(images, labels, p, epsilon, queries, draw):
    """True for each image that some query misclassifies."""
    x = images.numpy()
    n, c, h, w = x.shape
    sign = lambda *shape: draw.choice([-1.0, 1.0], shape)
    if p == np.inf:
        delta = epsilon * np.broadcast_to(sign(n, c, 1, w), x.shape)
    else:
        delta, side = np.zeros(x.shape), h // 5
        for i in range(n):
            for r in range(5):
                for q in range(5):
                    r0, q0 = (h - 5 * side) // 2 + r * side, (w - 5 * side) // 2 + q * side
                    delta[i, :, r0:r0 + side, q0:q0 + side] = pattern(side, draw) * sign(c, 1, 1)
            delta[i] *= epsilon / np.linalg.norm(delta[i])

    def margin(samples, which):
        with torch.no_grad():
            z = teacher(torch.from_numpy(samples)).numpy()
        own = z[np.arange(len(z)), labels[which]].copy()
        z[np.arange(len(z)), labels[which]] = -np.inf
        return own - z.max(1)

    best = np.clip(x + delta, 0, 1)
    lead = margin(best, np.arange(n))
    for query in range(queries):
        left = np.flatnonzero(lead > 0)
        if len(left) == 0:
            break
        share = 0.8 / 2 ** sum(query > step for step in (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000))
        side = round((share * h * w) ** 0.5)
        new = best[left].copy()
        for row, i in enumerate(left):
            if p == np.inf:
                side = max(side, 1)
                r, q = draw.integers(h - side + 1), draw.integers(w - side + 1)
                part = np.s_[:, r:r + side, q:q + side]
                new[row][part] = np.clip(x[i][part] + epsilon * sign(c, 1, 1), 0, 1)
                continue
            side = max(side, 3) + (max(side, 3) + 1) % 2
            (r, q), (r2, q2) = draw.integers(h - side + 1, size=2), draw.integers(h - side + 1, size=2)
            one, two = np.s_[:, r:r + side, q:q + side], np.s_[:, r2:r2 + side, q2:q2 + side]
            delta = best[i] - x[i]
            either = np.zeros(x.shape[1:], bool)
            either[one] = either[two] = True
            unused = max(epsilon ** 2 - (delta ** 2).sum(), 0)
            free = np.sqrt(unused / c + ((delta * either) ** 2).sum((1, 2), keepdims=True))
            old = delta[one] / np.maximum(np.linalg.norm(delta[one], axis=(1, 2), keepdims=True), 1e-12)
            mass = pattern(side, draw) * sign(c, 1, 1) + old
            delta[two] = 0
            delta[one] = free * mass / np.maximum(np.linalg.norm(mass, axis=(1, 2), keepdims=True), 1e-12)
            new[row] = np.clip(x[i] + epsilon * delta / np.linalg.norm(delta), 0, 1)
        leads = margin(new, left)
        better = leads < lead[left]
        best[left[better]], lead[left[better]] = new[better], leads[better]
    return lead <= 0


RUNS = 4


def main():
    given = read("attacks.safetensors")
    images, labels = given["images_u8"].double() / 255, given["labels"].long()
    found = {}
    for norm, p in (("linf", np.inf), ("l2", 2)):
        found[f"fab_{norm}_s10_k3"] = fab(images, labels, p, 10, 3)
    for norm, p, epsilon, unit in (("linf", np.inf, 16, 255), ("l2", 2, 3, 1)):
        repeated = images.repeat(RUNS, 1, 1, 1), labels.repeat(RUNS)
        broken = square(*repeated, p, epsilon / unit, 60, np.random.default_rng(0))
        found[f"square_{norm}_eps{epsilon}_s60"] = broken.reshape(RUNS, -1)
    for name, values in found.items():
        print(name, np.asarray(values, float).round(4))
    write("autoattack.safetensors", found, {"source": "autoattack.py", "precision": "float64"})


if __name__ == "__main__":
    main()
