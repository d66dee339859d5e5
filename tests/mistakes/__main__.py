"""How well the causes of mistakes are found.

python -m tests.mistakes --count 600 --seed 1            one mistake in each network, by kind
python -m tests.mistakes --only two --count 300          two mistakes in each
python -m tests.mistakes --only real --count 200         one mistake in real models
python -m tests.mistakes --only sound --count 300        networks without a mistake
python -m tests.mistakes --only long --count 1000        the time that networks of so many layers take
python -m tests.mistakes --only source --facts changed.json --sources DIR   one number of a model file changed
python -m tests.mistakes --kinds wrong_stride --show 5   some kinds, and the first answers that are wrong
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from tests.mistakes import long, score, sources


def main() -> None:
    parser = ArgumentParser(
        "python -m tests.mistakes", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300, help="how many networks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["one", "two", "real", "sound", "long", "source"], default="one")
    parser.add_argument("--kinds", nargs="*", default=[], help="kinds of mistakes; all by default")
    parser.add_argument("--family", default="", help="only networks of families, or real models, whose names have this")
    parser.add_argument("--by", choices=["kind", "family"], default="kind", help="what the lines are about")
    parser.add_argument("--show", type=int, default=0, help="so many wrong answers whole")
    parser.add_argument("--exact", action="store_true", help="show also what is right, but does not undo the change")
    parser.add_argument("--facts", type=Path, help="what tests.golden.record.changed_sources recorded")
    parser.add_argument("--sources", type=Path, help="the folder of torchvision's model files, of the same version")
    parser.add_argument("--out", type=Path, help="where the answers about sources go")
    arguments = parser.parse_args()
    if arguments.only == "long":
        long.measure(arguments.count, arguments.seed)
    elif arguments.only == "source":
        if arguments.facts is None or arguments.sources is None:
            parser.error("--only source needs --facts and --sources")
        sources.measure(
            arguments.facts, arguments.sources, arguments.count, arguments.seed, arguments.show, arguments.out
        )
    elif arguments.only == "sound":
        score.sound(arguments.count, arguments.seed, arguments.show)
    elif arguments.only == "two":
        score.two(arguments.count, arguments.seed, arguments.show)
    else:
        score.one(
            arguments.count,
            arguments.seed,
            arguments.kinds,
            arguments.show,
            real=arguments.only == "real",
            family=arguments.family,
            exact=arguments.exact,
            by=arguments.by,
        )


if __name__ == "__main__":
    main()
