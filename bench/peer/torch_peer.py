"""PyTorch's side of the benchmark, a process of its own, fed by JSON lines (../task.ts).

It does what a PyTorch user does: torchvision's network, a Dataset of pictures augmented one by one by torchvision.transforms, a
DataLoader with a worker a core, the usual loop. Frozen batch norms are kept in evaluation mode, as Keras keeps them. Weights are random.
"""

import json
import os
import platform
import sys
import time

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # whatever a library prints goes to standard error

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402
from PIL import Image  # noqa: E402
from torch import nn  # noqa: E402
from torchvision import transforms  # noqa: E402

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
SCALING = [transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]


def build(task):
    """The network with a head of the task's classes, and its parts that train: where the network is Keras's too, the same layers."""
    name = task["torchvision"]
    model = torchvision.models.get_model(name, weights=None)
    head_name = "fc" if name == "resnet50" else "classifier"
    head = getattr(model, head_name)
    inputs = (head if isinstance(head, nn.Linear) else head[-1]).in_features
    setattr(model, head_name, nn.Sequential(nn.Dropout(task["headDropout"]), nn.Linear(inputs, task["classCount"])))
    trained = [model]
    if task["kind"] == "train" and task["config"]["trainableLayers"] != "all":
        trained = [getattr(model, head_name), *last_layers(name, model, task["config"]["trainableLayers"])]
        for parameter in model.parameters():
            parameter.requires_grad = False
        for part in trained:
            for parameter in part.parameters():
                parameter.requires_grad = True
    return model.to(DEVICE), trained


def last_layers(name, model, count):
    """Keras's last 23 layers: its blocks of ResNet50 have 10 layers and end in batch norm, add, ReLU; those of DenseNet121 have 7."""
    if count == 23 and name == "resnet50":
        return [model.layer4[0].bn3, model.layer4[1], model.layer4[2]]
    if count == 23 and name == "densenet121":
        block = model.features.denseblock4
        return [block.denselayer14, block.denselayer15, block.denselayer16, model.features.norm5]
    raise ValueError(f"The last {count} layers of {name} have no counterpart here; only 23 of resnet50 and densenet121 have.")


def to_training(model, trained):
    model.eval()
    for part in trained:
        part.train()


def synchronise():
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def timed(work):
    synchronise()
    began = time.perf_counter()
    work()
    synchronise()
    return time.perf_counter() - began


def load_pixels(task):
    config = task["config"]
    shape = (-1, config["imageHeightPx"], config["imageWidthPx"], 3)
    return np.fromfile(task["pictures"]["pixels"], dtype=np.uint8).reshape(shape)


class Pictures(torch.utils.data.Dataset):
    def __init__(self, task, transform):
        self.pixels = load_pixels(task)
        self.count = task["images"]
        self.classes = task["classCount"]
        self.transform = transform

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        picture = Image.fromarray(self.pixels[index % len(self.pixels)])
        return self.transform(picture), index % self.classes


def batches(task, transform, shuffle):
    workers = os.cpu_count() or 1
    return torch.utils.data.DataLoader(
        Pictures(task, transform),
        batch_size=task["config"]["batchSize"],
        shuffle=shuffle,
        num_workers=workers,
        persistent_workers=True,
        pin_memory=DEVICE.type == "cuda",
    )


def augmentation(config):
    shift = config["shiftFraction"]
    zoom = config["zoomFraction"]
    flips = [
        *([transforms.RandomHorizontalFlip()] if config["flipHorizontal"] else []),
        *([transforms.RandomVerticalFlip()] if config["flipVertical"] else []),
    ]
    affine = transforms.RandomAffine(config["rotationDegrees"], (shift, shift), (1 - zoom, 1 + zoom))
    return transforms.Compose([affine, *flips, *SCALING])


def training(task):
    config = task["config"]
    model, trained = build(task)
    to_training(model, trained)
    loader = batches(task, augmentation(config), shuffle=True)
    changed = [parameter for parameter in model.parameters() if parameter.requires_grad]
    betas = (config["beta1"], config["beta2"])
    adam = torch.optim.Adam(changed, lr=config["learningRate"], betas=betas, eps=config["epsilon"])
    loss_of = nn.CrossEntropyLoss()
    kernel = [module for module in model.modules() if isinstance(module, nn.Linear)][-1].weight

    def epoch():
        right = 0
        for images, labels in loader:
            images, labels = images.to(DEVICE, non_blocking=True), labels.to(DEVICE, non_blocking=True)
            adam.zero_grad()
            logits = model(images)
            loss = loss_of(logits, labels)
            if config["headL2"]:
                loss = loss + config["headL2"] * kernel.square().sum()
            loss.backward()
            adam.step()
            right += (logits.argmax(1) == labels).sum().item()

    return lambda: timed(epoch)


def prediction(task):
    model, _ = build(task)
    model.eval()
    rows = np.arange(task["images"]) % len(task["pictures"]["files"])
    pixels = (load_pixels(task)[rows].astype(np.float32) - 127.5) / 127.5
    images = torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())

    def predict():
        with torch.inference_mode():
            for batch in images.split(task["config"]["batchSize"]):
                model(batch.to(DEVICE)).softmax(1).cpu()

    return lambda: timed(predict)


BENCHES = {"train": training, "predict": prediction}


def answer(value):
    answers.write(json.dumps(value) + "\n")


def main():
    answer(
        {
            "tensorflow": None,
            "device": "gpu" if DEVICE.type == "cuda" else "cpu",
            "versions": f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}, Python {platform.python_version()}",
        }
    )
    bench = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "set-up":
            bench = BENCHES[request["task"]["kind"]](request["task"])
            bench()
            answer({})
        else:
            answer({"seconds": bench()})


if __name__ == "__main__":
    main()
