"""Make the example networks whose blocks repeat: bodies for `POST /v1/networks/validate`.

    python examples/networks/make.py                    all of them, beside this script
    python examples/networks/make.py resnet50 unet      only these two
    python examples/networks/make.py --to elsewhere     into another directory

The other networks beside this script are short and written by hand.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from rules.densenet import densenet121
from rules.googlenet import googlenet
from rules.layers import Body, text
from rules.mobilenet import mobilenet_v2
from rules.resnet import resnet18, resnet50, resnext50_32x4d
from rules.unet import unet, unet_padded
from rules.wavenet import wavenet

NETWORKS: Mapping[str, Callable[[], Body]] = {
    make.__name__: make
    for make in (
        densenet121,
        googlenet,
        mobilenet_v2,
        resnet18,
        resnet50,
        resnext50_32x4d,
        unet,
        unet_padded,
        wavenet,
    )
}


def main() -> None:
    """Write the networks named on the command line."""
    parser = argparse.ArgumentParser(description="Make example networks.")
    parser.add_argument("networks", nargs="*", metavar="network", help=f"default: {', '.join(NETWORKS)}")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent, help="the directory (beside this script)")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.networks if name not in NETWORKS]
    if unknown:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(NETWORKS)}")
    for name in chosen.networks or NETWORKS:
        (chosen.to / f"{name}.json").write_text(text(NETWORKS[name]()))


if __name__ == "__main__":
    main()
