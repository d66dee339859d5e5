"""Networks in PyTorch that are translated and run: what people build, and what frameworks do differently."""

from collections.abc import Mapping

HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

"""

MODELS: Mapping[str, tuple[list[list[int]], str]] = {
    "lenet": ([[2, 1, 28, 28]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return F.softmax(self.fc2(torch.tanh(self.fc1(x))), dim=1)
"""),
    "alexnet": ([[1, 3, 63, 67]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 11, stride=4, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
            nn.Conv2d(16, 24, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
            nn.Conv2d(24, 32, 3, padding=1), nn.ReLU(inplace=True),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(128, 40), nn.ReLU(inplace=True), nn.Linear(40, 10))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))
"""),
    "vgg": ([[2, 3, 32, 24]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 3
        for width in (8, "M", 16, 16, "M"):
            if width == "M":
                layers.append(nn.MaxPool2d(2, 2))
            else:
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
                channels = width
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(16 * 8 * 6, 10)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))
"""),
    "resnet": ([[1, 3, 57, 64]], """
class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        out += identity
        return self.relu(out)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Block(8, 8, 1), Block(8, 8, 1))
        self.layer2 = nn.Sequential(Block(8, 16, 2), Block(16, 16, 1))
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        x = self.layer2(self.layer1(x))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))
"""),
    "unet": ([[1, 2, 32, 48]], """
def double(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=1),
                         nn.ReLU())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2, self.middle = double(2, 8), double(8, 16), double(16, 32)
        self.up2, self.join2 = nn.ConvTranspose2d(32, 16, 2, 2), double(32, 16)
        self.up1, self.join1 = nn.ConvTranspose2d(16, 8, 2, 2), double(16, 8)
        self.head = nn.Conv2d(8, 3, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(F.max_pool2d(a, 2))
        c = self.middle(F.max_pool2d(b, 2))
        x = self.join2(torch.cat([b, self.up2(c)], dim=1))
        x = self.join1(torch.cat([a, self.up1(x)], dim=1))
        return self.head(x)
"""),
    "transposed": ([[1, 5, 7, 6]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up1 = nn.ConvTranspose2d(5, 8, 3, stride=2, padding=1, output_padding=1)
        self.up2 = nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1, bias=False)
        self.up3 = nn.ConvTranspose2d(6, 4, 5, stride=3, padding=(2, 0))
        self.up4 = nn.ConvTranspose2d(4, 2, 3)

    def forward(self, x):
        return torch.tanh(self.up4(F.leaky_relu(self.up3(F.elu(self.up2(F.relu(self.up1(x))))), 0.2)))
"""),
    "mobilenet": ([[1, 3, 33, 32]], """
class Inverted(nn.Module):
    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = inputs * expand
        self.residual = stride == 1 and inputs == outputs
        self.conv = nn.Sequential(
            nn.Conv2d(inputs, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6(inplace=True),
            nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False), nn.BatchNorm2d(hidden),
            nn.ReLU6(inplace=True), nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs),
        )

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
        self.blocks = nn.Sequential(Inverted(8, 8, 1, 2), Inverted(8, 12, 2, 3), Inverted(12, 12, 1, 3))
        self.classifier = nn.Linear(12, 10)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean([2, 3]))
"""),
    "inception": ([[1, 4, 19, 17]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(4, 6, 1)
        self.three = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, (1, 3), padding=(0, 1)),
                                   nn.Conv2d(8, 8, (3, 1), padding=(1, 0)))
        self.five = nn.Sequential(nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 5, padding=2))
        self.pool = nn.Conv2d(4, 4, 1)
        self.reduce = nn.Conv2d(22, 8, 3, stride=2)

    def forward(self, x):
        pooled = self.pool(F.avg_pool2d(x, 3, stride=1, padding=1))
        x = F.relu(torch.cat([self.one(x), self.three(x), self.five(x), pooled], 1))
        return torch.cat([self.reduce(x), F.max_pool2d(x, 3, 2)], 1)
"""),
    "temporal": ([[2, 6, 40]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(6, 8, 3, dilation=1)
        self.second = nn.Conv1d(8, 8, 3, dilation=2)
        self.skip = nn.Conv1d(6, 8, 1)
        self.norm = nn.BatchNorm1d(8)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        out = F.relu(self.first(F.pad(x, (2, 0))))
        out = F.relu(self.norm(self.second(F.pad(out, (4, 0)))))
        out = F.relu(out + self.skip(x))
        return self.head(F.max_pool1d(out, 4, 2, 1).mean(dim=-1))
"""),
    "volumes": ([[1, 2, 9, 10, 11]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv3d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm3d(4)
        self.conv2 = nn.Conv3d(4, 6, (1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1))
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = F.max_pool3d(F.relu(self.norm(self.conv1(x))), 2)
        x = F.relu(self.conv2(x))
        return self.head(F.adaptive_avg_pool3d(x, 1).flatten(1))
"""),
    "dilated": ([[1, 4, 24, 20]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.branches = nn.ModuleList([nn.Conv2d(4, 6, 3, padding=d, dilation=d) for d in (1, 2, 4)])
        self.project = nn.Conv2d(18, 8, 1)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        x = self.project(torch.cat([branch(x) for branch in self.branches], dim=1))
        return F.interpolate(self.head(F.relu(x)), scale_factor=2, mode="bilinear", align_corners=False)
"""),
    "rounding_up": ([[1, 3, 30, 29]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2)
        self.squeeze = nn.Conv2d(8, 4, 1)
        self.left = nn.Conv2d(4, 6, 1)
        self.right = nn.Conv2d(4, 6, 3, padding=1)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.last = nn.MaxPool2d(2, 2, ceil_mode=True)

    def forward(self, x):
        x = F.relu(self.squeeze(self.pool(F.relu(self.conv(x)))))
        x = torch.cat([F.relu(self.left(x)), F.relu(self.right(x))], 1)
        return self.last(x).mean((2, 3))
"""),
    "squeeze_excite": ([[2, 3, 16, 18]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
        self.fc1 = nn.Conv2d(16, 4, 1)
        self.fc2 = nn.Conv2d(4, 16, 1)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        x = F.hardswish(self.conv(x))
        scale = F.adaptive_avg_pool2d(x, 1)
        scale = F.hardsigmoid(self.fc2(F.silu(self.fc1(scale))))
        x = x * scale
        return self.head(x.mean((2, 3), keepdim=True).flatten(1))
"""),
    "convnext": ([[2, 8, 12, 10]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.dwconv = nn.Conv2d(8, 8, 7, padding=3, groups=8)
        self.norm = nn.LayerNorm(8, eps=1e-6)
        self.pwconv1 = nn.Linear(8, 32)
        self.pwconv2 = nn.Linear(32, 8)
        self.down = nn.Conv2d(8, 12, 2, stride=2)

    def forward(self, x):
        out = self.dwconv(x).permute(0, 2, 3, 1)
        out = self.pwconv2(F.gelu(self.pwconv1(self.norm(out))))
        x = x + out.permute(0, 3, 1, 2)
        return self.down(x)
"""),
    "shuffle": ([[1, 4, 10, 12]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(4, 12, 1, groups=2)
        self.second = nn.Conv2d(12, 12, 3, padding=1, groups=3)
        self.shuffle = nn.ChannelShuffle(3)
        self.up = nn.PixelShuffle(2)

    def forward(self, x):
        x = self.shuffle(F.relu(self.first(x)))
        a, b = self.second(x).chunk(2, dim=1)
        x = torch.cat([b, a], 1)
        return self.up(x)
"""),
    "activations": ([[2, 6, 9, 8]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(6, 6, 1) for _ in range(10)])
        self.functions = nn.ModuleList([
            nn.LeakyReLU(), nn.ELU(0.7), nn.GELU(), nn.GELU(approximate="tanh"), nn.SiLU(), nn.Mish(), nn.Softplus(),
            nn.SELU(), nn.PReLU(6), nn.Hardtanh(0, 4),
        ])
        self.group = nn.GroupNorm(3, 6)

    def forward(self, x):
        for conv, function in zip(self.convs, self.functions):
            x = function(conv(x))
        return F.log_softmax(self.group(x) * 2 - 0.5, dim=1)
"""),
    "several": ([[2, 3, 12, 16], [2, 3, 12, 16]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Conv2d(3, 8, 3, padding=1)
        self.scores = nn.Linear(8, 5)
        self.boxes = nn.Conv2d(16, 4, 1)

    def forward(self, left, right):
        a, b = F.relu(self.trunk(left)), F.relu(self.trunk(right))
        distance = torch.abs(a - b).mean((2, 3))
        return self.scores(distance), self.boxes(torch.cat([a, b], 1))
"""),
    "cut": ([[1, 4, 16, 14]], """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 6, 3)
        self.norm = nn.InstanceNorm2d(6, affine=True)

    def forward(self, x):
        x = self.norm(self.conv(x))
        crop = x[:, :, 1:-1, 2:]
        corner = x[:, 0, ::2]
        return crop.sum(dim=1, keepdim=True), corner.amax(-1), torch.clamp(crop, -1, 1), torch.sqrt(F.relu(x) + 1)
"""),
    "reflected": ([[1, 3, 20, 24]], """
class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width, affine=True), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect"),
        )

    def forward(self, x):
        return x + self.body(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, 8, 7), nn.ReLU())
        self.down = nn.Conv2d(8, 12, 3, stride=2, padding=1)
        self.middle = Residual(12)
        self.up = nn.ConvTranspose2d(12, 8, 3, stride=2, padding=1, output_padding=1)
        self.last = nn.Sequential(nn.ConstantPad2d(1, 0.5), nn.Conv2d(8, 3, 3), nn.Tanh())

    def forward(self, x):
        return self.last(self.up(self.middle(self.down(self.first(x)))))
"""),
}  # fmt: skip
"""By name the shapes of the inputs and the source."""

REFUSED: Mapping[str, tuple[list[list[int]], str, str]] = {
    "copied": ([[1, 3, 8, 8]], "conv", """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, padding_mode="replicate")

    def forward(self, x):
        return self.conv(x)
"""),
    "corners": ([[1, 3, 8, 8]], "interpolate", """
class Net(nn.Module):
    def forward(self, x):
        return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
"""),
    "token": ([[1, 4, 8]], "token", """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 8))

    def forward(self, x):
        return torch.cat([self.token, x], 1)
"""),
    "dilated_transposed": ([[1, 4, 8, 8]], "up", """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 4, 3, dilation=2)

    def forward(self, x):
        return self.up(x)
"""),
    "grouped_transposed": ([[1, 4, 8, 8]], "up", """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 4, 2, 2, groups=2)

    def forward(self, x):
        return self.up(x)
"""),
}  # fmt: skip
"""Networks that Keras has no equivalent of: the shapes of the inputs, the layer and the source."""
