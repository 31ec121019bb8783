"""The networks as Keras builds them, for the scripts beside this file. MobileNet v1, ResNet50 and DenseNet121 are
keras.applications' own; EfficientNet-Lite0, nn1 and cnn1 are written here (dropout left out: it is random)."""

import keras
from keras import layers


def convolution(x, filters, size, stride, name):
    return layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False, name=name)(x)


def normalised(x, name, activation=None):
    x = layers.BatchNormalization(name=name)(x)
    return layers.ReLU(6.0, name=activation)(x) if activation else x


def efficientnet_lite0(height, width):
    inputs = keras.Input((height, width, 3))
    x = normalised(convolution(inputs, 32, 3, 2, "stem_conv"), "stem_bn", "stem_activation")
    channels = 32
    stages = [  # blocks, channels, kernel, stride, expansion
        (1, 16, 3, 1, 1), (2, 24, 3, 2, 6), (2, 40, 5, 2, 6), (3, 80, 3, 2, 6), (3, 112, 5, 1, 6),
        (4, 192, 5, 2, 6), (1, 320, 3, 1, 6),
    ]  # fmt: skip
    for stage, (blocks, filters, kernel, stride, expansion) in enumerate(stages, 1):
        for block in range(blocks):
            name, before = f"block{stage}{chr(97 + block)}_", x
            if expansion > 1:
                x = convolution(x, channels * expansion, 1, 1, name + "expand_conv")
                x = normalised(x, name + "expand_bn", name + "expand_activation")
            x = layers.DepthwiseConv2D(
                kernel, strides=1 if block else stride, padding="same", use_bias=False, name=name + "dwconv"
            )(x)
            x = normalised(x, name + "bn", name + "activation")
            x = normalised(convolution(x, filters, 1, 1, name + "project_conv"), name + "project_bn")
            if block:
                x = layers.Add(name=name + "add")([x, before])
            channels = filters
    x = normalised(convolution(x, 1280, 1, 1, "top_conv"), "top_bn", "top_activation")
    return keras.Model(inputs, x)


def application(build):
    return lambda height, width: build(include_top=False, weights=None, input_shape=(height, width, 3))


BACKBONES = {
    "mobilenet_v1": application(keras.applications.MobileNet),
    "resnet50": application(keras.applications.ResNet50),
    "densenet121": application(keras.applications.DenseNet121),
    "efficientnet_lite0": efficientnet_lite0,
}


def with_head(backbone, classes, l2):
    """(model, backbone layer count): global average pool and a softmax layer on the backbone's last map."""
    x = layers.GlobalAveragePooling2D(name="global_average_pooling2d")(backbone.output)
    regularizer = keras.regularizers.L2(l2) if l2 else None
    x = layers.Dense(classes, activation="softmax", kernel_regularizer=regularizer, name="dense")(x)
    return keras.Model(backbone.inputs[0], x), len(backbone.layers)


def nn1(height, width, classes):
    model = keras.Sequential([keras.Input((height, width, 3)), layers.Flatten(name="flatten")])
    for name in ("dense", "dense_1", "dense_2", "dense_3", "dense_4"):
        model.add(layers.Dense(64, activation="relu", name=name))
    model.add(layers.Dense(classes, activation="softmax", name="dense_5"))
    return keras.Model(model.inputs[0], model.outputs[0])


def cnn1(height, width, classes):
    model = keras.Sequential([keras.Input((height, width, 3))])
    for suffix in ("", "_1", "_2"):
        model.add(layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2d" + suffix))
        model.add(layers.MaxPooling2D(name="max_pooling2d" + suffix))
    model.add(layers.Flatten(name="flatten"))
    model.add(layers.Dense(256, activation="relu", name="dense"))
    model.add(layers.Dense(128, activation="relu", name="dense_1"))
    model.add(layers.Dense(classes, activation="softmax", name="dense_2"))
    return keras.Model(model.inputs[0], model.outputs[0])


def weight_key(layer, weight):
    """Keras 2's and tfjs's key of a weight: Keras 3 calls a depthwise kernel `kernel`."""
    depthwise = isinstance(layer, layers.DepthwiseConv2D) and weight.name == "kernel"
    return f"{layer.name}/{'depthwise_kernel' if depthwise else weight.name}"


def weights_by_key(model):
    return {weight_key(layer, weight): weight for layer in model.layers for weight in layer.weights}
