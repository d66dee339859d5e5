"""Networks of thousands of layers with one mistake each: what they cost."""

from random import Random

from tests.mistakes.cases import broken
from tests.mistakes.families.net import Net
from tests.mistakes.families.residual import basic, head
from tests.mistakes.families.skips import double
from tests.mistakes.kinds import KINDS
from tests.mistakes.service import errors_of, timed
from tests.mistakes.sound import Sound
from tests.mistakes.spelling import Style, body_of

MISTAKES = (
    "wrong_out_channels",
    "wrong_padding",
    "shortcut_stride",
    "missing_batch_axis",
    "channels_on_the_other_end",
    "batch_taken_for_channels",
    "pool_too_many",
    "concat_along_batch",
    "flatten_from_the_batch",
    "misspelled_input",
)


def residual(layers: int) -> Sound:
    """Blocks of two convolutions and a sum."""
    net = Net(Random(layers))
    x = net.cell(net.input(3, 64, 64), 16, 3, 1, 1, at="stem.")
    block = 0
    while len(net.layers) < layers - 12:
        wide, stride = (32, 2) if block == 1 else (x.channels, 1)
        x, block = basic(net, x, wide, stride, f"b{block}"), block + 1
    head(net, x)
    return Sound(f"residual network of {layers} layers", body_of(net, Style(), Random(1)))


def dense(layers: int) -> Sound:
    """Everything before, concatenated again and again."""
    net = Net(Random(layers))
    x = net.conv(net.input(3, 32, 32), 16, 3, 1, 1, name="stem")
    number = 0
    while len(net.layers) < layers - 6:
        y = net.cell(x, 4, 3, 1, 1, at=f"g{number}.")
        x, number = net.concat(x, y, name=f"cat{number}"), number + 1
    head(net, x)
    return Sound(f"dense network of {layers} layers", body_of(net, Style(), Random(1)))


def nested(layers: int) -> Sound:
    """U-Nets one after the other."""
    net = Net(Random(layers))
    x = net.cell(net.input(3, 64, 64), 16, 3, 1, 1, at="stem.")
    number = 0
    while len(net.layers) < layers - 30:
        skip = x
        x = double(net, net.pool(x, 2, name=f"pool{number}"), 16, f"low{number}")
        x = net.concat(net.up_conv(x, 16, 2, 2, name=f"up{number}"), skip, name=f"cat{number}")
        x, number = double(net, x, 16, f"merge{number}"), number + 1
    head(net, x)
    return Sound(f"nested U-Nets of {layers} layers", body_of(net, Style(), Random(1)))


def measure(layers: int, seed: int) -> None:
    """Prints how long each takes, and what was found."""
    for sound in (residual(layers), dense(layers), nested(layers)):
        _, base = timed(sound.body)
        print(f"{sound.family}: sound in {base:.2f} s; errors of the sound one: {len(errors_of(sound.answer))}")
        for name in MISTAKES:
            case = broken(KINDS[name], [sound], Random(seed))
            if case is None:
                continue
            mistake = case.mistake
            answer, seconds = timed(mistake.body)
            errors, repairs = len(errors_of(answer)), len(answer.get("repairs", []))
            print(f"    {name:28}{seconds:7.2f} s{errors:6} errors{repairs:4} repairs  {mistake.told[:60]}")
