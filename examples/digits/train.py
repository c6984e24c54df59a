#!/usr/bin/python3
"""Render digits from Debian's fonts, train a small residual CNN, export it.

Needs Debian 12 and these packages, nothing else:

    apt-get install -y --no-install-recommends \\
        python3-{torch,onnx,pil,numpy} fonts-adf-{accanthis,gillius,universalis} \\
        fonts-{averia-sans-gwf,breip,cabin,cantarell,clear-sans,comfortaa} \\
        fonts-{comic-neue,courier-prime,crosextra-caladea,crosextra-carlito} \\
        fonts-{dancingscript,dejavu,dosis,firacode,freefont-ttf,gfs-didot,go} \\
        fonts-{goudybookletter,hack,humor-sans,inconsolata,isabella,junction} \\
        fonts-{junicode,jura,karla,lato,leckerli-one,liberation,linuxlibertine} \\
        fonts-{lobster,monofur,ocr-a,oldstandard,open-sans,opendyslexic,play} \\
        fonts-{prociono,quattrocento,quicksand,radisnoir,roboto-slab,ubuntu-title}

Run it with Debian's interpreter, from anywhere:

    /usr/bin/python3 examples/digits/train.py

It writes digits.onnx, digits-test.npz, digits-labels.npz and expected.json
beside itself.  The pictures come from pictures.py.  The run took seven minutes on
two cores: half a minute to render, the rest to train.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

sys.dont_write_bytecode = True  # keeps the folder free of __pycache__
import pictures  # noqa: E402

HERE = Path(__file__).resolve().parent
TRAIN_COUNT, VALID_COUNT, TEST_COUNT = 24000, 2000, 200
EPOCHS, BATCH, RATE = 10, 64, 4e-3


def conv_bn(inputs, outputs, kernel, stride=1, groups=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """Two dense 3x3 convolutions; a 1x1 one on the shortcut where shapes differ."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = conv_bn(inputs, outputs, 3, stride)
        self.second = conv_bn(outputs, outputs, 3)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else conv_bn(inputs, outputs, 1, stride)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


class Inverted(nn.Module):
    """1x1 expand, 3x3 depthwise, 1x1 project; added to its input if shapes agree."""

    def __init__(self, inputs, outputs, stride, activation):
        super().__init__()
        wide = inputs * 3
        self.body = nn.Sequential(
            conv_bn(inputs, wide, 1), activation(),
            conv_bn(wide, wide, 3, stride, groups=wide), activation(),
            conv_bn(wide, outputs, 1))
        self.add = inputs == outputs and stride == 1

    def forward(self, x):
        return x + self.body(x) if self.add else self.body(x)


def make_network():
    return nn.Sequential(
        conv_bn(1, 16, 3), nn.ReLU(),               # 32x32
        Residual(16, 16, 1),                        # 32x32
        Residual(16, 32, 2),                        # 16x16
        Inverted(32, 48, 2, nn.ReLU6),              # 8x8
        Inverted(48, 48, 1, nn.Hardswish),          # 8x8
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 10))


def predict(network, images):
    network.eval()
    with torch.no_grad():
        parts = torch.from_numpy(images).split(200)
        return torch.cat([network(part).argmax(1) for part in parts]).numpy()


def train(network, images, labels):
    """AdamW under one cycle of the rate; the last epoch is the one that is kept."""
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)
    steps = len(images) // BATCH
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, EPOCHS * steps)
    for epoch in range(EPOCHS):
        network.train()
        order, total = torch.randperm(len(images)), 0.0
        for step in range(steps):
            chosen = order[step * BATCH:(step + 1) * BATCH]
            loss = F.cross_entropy(network(images[chosen]), labels[chosen], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / steps:.4f}", flush=True)


def export(network, path):
    """Batch-norms stay in the graph (PRESERVE): folding them is the compiler's work."""
    network.eval()
    torch.onnx.export(
        network, torch.zeros(1, 1, pictures.SIZE, pictures.SIZE), str(path), opset_version=13,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=["image"], output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def main():
    started = time.time()
    torch.manual_seed(20240501)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(2)  # fixed: the order of the sums depends on it
    known = pictures.load_families(pictures.TRAIN_FAMILIES)
    unseen = pictures.load_families(pictures.TEST_FAMILIES)
    images, labels = pictures.make_set(1, known, TRAIN_COUNT)
    # The validation set only gives a finer figure than 200 pictures can; nothing
    # is chosen by it or by the test set.
    valid_images, valid_labels = pictures.make_set(2, unseen, VALID_COUNT)
    test_images, test_labels = pictures.make_set(3, unseen, TEST_COUNT)
    print(f"rendered in {time.time() - started:.0f} s", flush=True)

    network = make_network()
    train(network, images, labels)
    export(network, HERE / "digits.onnx")
    np.savez(HERE / "digits-test.npz", image=test_images)
    np.savez(HERE / "digits-labels.npz", labels=test_labels)
    predictions = predict(network, test_images)
    accuracy = float((predictions == test_labels).mean())
    expected = {"accuracy": accuracy, "predictions": predictions.tolist()}
    (HERE / "expected.json").write_text(json.dumps(expected) + "\n")
    valid = (predict(network, valid_images) == valid_labels).mean()
    seen = (predict(network, images[:2000]) == labels[:2000]).mean()
    print(f"parameters {sum(p.numel() for p in network.parameters())}")
    print(f"accuracy: training {seen:.4f}, validation {valid:.4f}, test {accuracy:.4f}")
    print(f"in all {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
