"""Times in PyTorch, on the CPU, the step that `deno task bench` measures.

usage: python3 pytorch_step.py WORKLOAD REPEATS      (WORKLOAD is a safetensors file that bench writes)

When everything is loaded, it prints one line of JSON with versions, the outcome of each variant's first step,
and the reason why a variant is left out. It then answers each line "round" on standard input with one line of
JSON: the times of each variant in milliseconds, medians of the repeats.

published  as in the authors' script: NCHW; every attack step moves all base samples until the last one has
           left its class; gradients of the teacher's weights are computed and never used; the teacher makes
           one more pass over the finished samples.
tuned      as a careful user would write it: channels_last; no gradients of the teacher's weights; an attack
           step moves only samples that have not crossed yet; their last logits are kept.
bf16       as tuned, on a processor with bfloat16 instructions: the teacher in bfloat16, with batch-norm folded
           into its convolutions; the student under autocast.
"""

import json
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

WARM_UP = 2


def read_workload(path):
    """Reads the tensors and the numbers of the file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    numbers = {name: float(text) for name, text in header.pop("__metadata__").items()}
    kinds = {"F32": np.float32, "I32": np.int32}
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(body[start:end], kinds[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors, numbers


class Block(nn.Module):
    """Two convolutions and an option-A shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride, self.missing = stride, outputs - inputs
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        inner = F.relu(self.bn1(self.conv1(x)))
        if self.stride > 1:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.missing))
        return F.relu(self.bn2(self.conv2(inner)) + x)


class ResNet(nn.Module):
    """A ResNet for small images; `tensors` are its weights and running statistics."""

    def __init__(self, depth, tensors):
        super().__init__()
        blocks = (depth - 2) // 6

        def stage(inputs, outputs, stride):
            first = Block(inputs, outputs, stride)
            return nn.Sequential(first, *(Block(outputs, outputs, 1) for _ in range(blocks - 1)))

        classes, features = tensors["linear.weight"].shape
        first, channels = tensors["conv1.weight"].shape[:2]
        second, third = 2 * first, 4 * first
        self.conv1 = nn.Conv2d(channels, first, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.layer1, self.layer2 = stage(first, first, 1), stage(first, second, 2)
        self.layer3 = stage(second, third, 2)
        self.linear = nn.Linear(features, classes)
        self.load_state_dict(tensors)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


class Variant:
    """The common part of the variants, which differ in how they make the boundary supporting samples."""

    layout = torch.contiguous_format

    def __init__(self, tensors, numbers):
        self.numbers = numbers

        def network(role):
            own = {k.removeprefix(role + "."): v for k, v in tensors.items() if k.startswith(role + ".")}
            return ResNet(int(numbers[role + "Depth"]), own).to(memory_format=self.layout)

        self.teacher, self.student = network("teacher").eval(), network("student").train()
        self.optimizer = torch.optim.SGD(
            self.student.parameters(),
            lr=numbers["learningRate"],
            momentum=numbers["momentum"],
            weight_decay=numbers["weightDecay"],
        )
        self.initial = {name: value.clone() for name, value in self.student.state_dict().items()}
        self.images = tensors["images"].contiguous(memory_format=self.layout)
        self.labels = tensors["labels"].long()
        self.uniform = tensors["uniform"].double()

    def restore(self):
        """Restores the initial student, so that each step attacks the same samples."""
        self.student.load_state_dict(self.initial)

    def bss_step(self):
        self.optimizer.zero_grad()
        student = self.student_logits(self.images)
        teacher = self.clean_logits()
        cross_entropy = F.cross_entropy(student, self.labels)
        distillation = self.soft(teacher, student)
        index, base, target = self.select(teacher.detach(), student.detach())
        samples, logits, steps = self.attack(self.images[index], base, target)
        boundary = self.soft(logits, self.student_logits(samples))
        loss = cross_entropy + self.numbers["alpha"] * distillation + self.numbers["beta"] * boundary
        loss.backward()
        self.optimizer.step()
        terms = {"cross_entropy": cross_entropy, "distillation": distillation, "boundary": boundary}
        return {
            "steps": steps.tolist(),
            "terms": {name: term.item() for name, term in terms.items()},
        }

    def student_step(self):
        self.optimizer.zero_grad()
        F.cross_entropy(self.student_logits(self.images), self.labels).backward()
        self.optimizer.step()

    def teacher_forward(self):
        with torch.no_grad():
            self.teacher_logits(self.images)

    def student_logits(self, images):
        return self.student(images)

    def teacher_logits(self, images):
        return self.teacher(images)

    def soft(self, teacher, student):
        """Computes the soft cross-entropy, the mean over the samples."""
        t = self.numbers["temperature"]
        target = F.softmax(teacher.detach() / t, 1)
        return -(target * F.log_softmax(student / t, 1)).sum() / len(teacher)

    def select(self, teacher, student):
        """Selects base samples, their classes and target classes, in float64 because of near-ties."""
        p, q = F.softmax(teacher.double(), 1), F.softmax(student.double(), 1)
        right = (teacher.argmax(1) == self.labels) & (student.argmax(1) == self.labels)
        index = right.nonzero().flatten()
        base = self.labels[index, None]
        score = ((p[index] - q[index]) ** 2).scatter(1, base, 0).sum(1)
        index = index[score.topk(min(int(self.numbers["baseSamples"]), len(index)))[1]]
        base = self.labels[index]
        others, order = p[index].scatter(1, base[:, None], 0).sort(1, descending=True)
        cumulative = others.cumsum(1)
        drawn = (cumulative <= self.uniform[: len(index), None] * cumulative[:, -1:]).sum(1)
        return index, base, order.gather(1, drawn[:, None]).squeeze(1)

    def move(self, x, logits, base, target):
        """Computes `−η (L + ε) ∇L / ‖∇L‖` with L = f_base − f_target; `x` requires its gradient."""
        gap = (logits.gather(1, base[:, None]) - logits.gather(1, target[:, None])).squeeze(1)
        gap.sum().backward()
        norm = x.grad.flatten(1).norm(dim=1)
        reach = -self.numbers["eta"] * (gap.detach() + 1e-4) / norm
        return reach.view(-1, 1, 1, 1) * x.grad


class Published(Variant):
    def clean_logits(self):
        return self.teacher_logits(self.images)

    def attack(self, samples, base, target):
        steps = torch.zeros(len(samples), dtype=torch.int)
        for _ in range(int(self.numbers["maxSteps"])):
            x = samples.clone().requires_grad_(True)
            logits = self.teacher_logits(x)
            moving = logits.argmax(1) == base
            move = self.move(x, logits, base, target)
            if not moving.any():
                break
            steps += moving
            samples = (samples + moving.view(-1, 1, 1, 1) * move).clamp(-2.5, 2.5)
        return samples, self.teacher_logits(samples), steps


class Tuned(Variant):
    layout = torch.channels_last

    def __init__(self, tensors, numbers):
        super().__init__(tensors, numbers)
        self.teacher.requires_grad_(False)

    def clean_logits(self):
        with torch.no_grad():
            return self.teacher_logits(self.images)

    def attack(self, samples, base, target):
        steps = torch.zeros(len(samples), dtype=torch.int)
        logits = torch.empty(len(samples), self.teacher.linear.out_features)
        moving = torch.arange(len(samples))
        for _ in range(int(self.numbers["maxSteps"])):
            x = samples[moving].requires_grad_(True)
            out = self.teacher_logits(x)
            logits[moving] = out.detach()
            stay = out.argmax(1) == base[moving]
            if not stay.any():
                return samples, logits, steps
            move = self.move(x, out, base[moving], target[moving])[stay]
            moving = moving[stay]
            steps[moving] += 1
            samples[moving] = (samples[moving] + move).clamp(-2.5, 2.5)
        with torch.no_grad():
            logits[moving] = self.teacher_logits(samples[moving])
        return samples, logits, steps


class Bfloat16(Tuned):
    def __init__(self, tensors, numbers):
        super().__init__(tensors, numbers)
        fold_batch_norm(self.teacher)
        self.teacher.to(torch.bfloat16).requires_grad_(False)

    def student_logits(self, images):
        with torch.autocast("cpu", torch.bfloat16):
            return self.student(images).float()

    def teacher_logits(self, images):
        return self.teacher(images.to(torch.bfloat16)).float()


def fold_batch_norm(network):
    """Folds each batch-norm into the convolution before it. The network must be in inference mode."""
    for module in network.modules():
        for i in (1, 2):
            norm = getattr(module, f"bn{i}", None)
            if norm is not None:
                setattr(module, f"conv{i}", fuse_conv_bn_eval(getattr(module, f"conv{i}"), norm))
                setattr(module, f"bn{i}", nn.Identity())


def bfloat16_fault(cpuinfo):
    """Says why the variant "bf16" is left out on the processor of this /proc/cpuinfo; None if it is not."""
    if "bf16" in cpuinfo:  # avx512_bf16 and amx_bf16 on x86, bf16 on ARM
        return None
    return "/proc/cpuinfo names no bfloat16 instructions, without which bfloat16 is no faster"


def read_cpuinfo():
    try:
        with open("/proc/cpuinfo") as file:
            return file.read()
    except OSError:  # not Linux
        return ""


def median_ms(work, before, repeats):
    took = []
    for repeat in range(WARM_UP + repeats):
        before()
        start = time.perf_counter()
        work()
        if repeat >= WARM_UP:
            took.append(1e3 * (time.perf_counter() - start))
    return float(np.median(took))


def times(variant, repeats):
    return {
        "bss_step_ms": median_ms(variant.bss_step, variant.restore, repeats),
        "student_step_ms": median_ms(variant.student_step, variant.restore, repeats),
        "teacher_forward_ms": median_ms(variant.teacher_forward, lambda: None, repeats),
    }


def main():
    tensors, numbers = read_workload(sys.argv[1])
    repeats = int(sys.argv[2])
    variants = {"published": Published(tensors, numbers), "tuned": Tuned(tensors, numbers)}
    fault = bfloat16_fault(read_cpuinfo())
    if fault is None:
        variants["bf16"] = Bfloat16(tensors, numbers)
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
                "outcomes": {name: variant.bss_step() for name, variant in variants.items()},
                "left_out": {} if fault is None else {"bf16": fault},
            }
        ),
        flush=True,
    )
    for line in sys.stdin:
        if line.strip() != "round":
            sys.exit(f'pytorch_step.py got "{line.strip()}"; it knows only "round"')
        print(json.dumps({name: times(variant, repeats) for name, variant in variants.items()}), flush=True)


if __name__ == "__main__":
    main()
