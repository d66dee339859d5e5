"""What a name that nobody has probably means: another spelling of a known one, never one that only looks alike."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache

from service.core.layers.names.layer_name import LayerName
from service.core.layers.names.lookup import VOCABULARIES, every_spelling
from service.core.layers.registry import LAYERS

LONGEST_WORD = 60
"""Letters of a word that are compared with the known ones."""
SHORTEST_MISSPELT = 5
"""Letters that a word must have so that one of them may be wrong: `gelu`, `celu` and `selu` are different layers."""
ALIKE = 0.8
"""The share of two words that must be the same. Chosen so that `kernel_initializer` is not `kernel_size`."""
MOST_WORDS = 50_000
"""Words whose neighbours are cached. Chosen: networks may have ten thousand wrong ones."""
MOST_LISTS = 200
"""Lists of known words that are cached: those of the parameters of a layer. Chosen: more than a network has kinds."""

SYNONYMS: Mapping[str, str] = {
    "fc": "linear",
    "fullyconnected": "linear",
    "fullyconnectedlayer": "linear",
    "mlp": "linear",
    "affine": "linear",
    "innerproduct": "linear",
    "conv": "conv",
    "convolution": "conv",
    "convolutional": "conv",
    "deconv": "conv_transpose",
    "deconvolution": "conv_transpose",
    "upconv": "conv_transpose",
    "transposedconv": "conv_transpose",
    "convtransposed": "conv_transpose",
    "pool": "max_pool",
    "maxpooling": "max_pool",
    "meanpool": "avg_pool",
    "meanpooling": "avg_pool",
    "averagepooling": "avg_pool",
    "avgpooling": "avg_pool",
    "gap": "global_avg_pool",
    "globalpool": "global_avg_pool",
    "globalavgpooling": "global_avg_pool",
    "globalmeanpool": "global_avg_pool",
    "gmp": "global_max_pool",
    "adaptiveaveragepool": "adaptive_avg_pool",
    "bn": "batch_norm",
    "batchnormalization": "batch_norm",
    "batchnormalisation": "batch_norm",
    "layernormalisation": "layer_norm",
    "ln": "layer_norm",
    "gn": "group_norm",
    "depthwise": "depthwise_conv",
    "dwconv": "depthwise_conv",
    "sepconv": "separable_conv",
    "upsampling": "upsample",
    "interpolate": "upsample",
    "resize": "upsample",
    "zeropadding": "pad",
    "zeropad": "pad",
    "padding": "pad",
    "cropping": "crop",
    "merge": "concat",
    "concatenation": "concat",
    "concatenate": "concat",
    "cat": "concat",
    "sum": "add",
    "plus": "add",
    "skip": "add",
    "residual": "add",
    "shortcut": "add",
    "mul": "multiply",
    "times": "multiply",
    "swish": "silu",
    "sigmoidactivation": "sigmoid",
    "logistic": "sigmoid",
    "transpose": "permute",
    "view": "reshape",
    "noop": "identity",
    "pixelshuffler": "pixel_shuffle",
    "subpixel": "pixel_shuffle",
    "depthtospace": "pixel_shuffle",
    "spacetodepth": "pixel_unshuffle",
}
"""What people call a layer, without its rank, and our type."""

PARAMETER_SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(("kernel", "ksize", "filtersize", "windowsize", "window", "kernelsizes"), "kernel_size"),
    **dict.fromkeys(("pad", "bordermode", "padsize"), "padding"),
    **dict.fromkeys(("subsample", "steps"), "stride"),
    **dict.fromkeys(("outputchannels", "channelsout", "numfilters", "nbfilter", "outplanes"), "out_channels"),
    **dict.fromkeys(("inputchannels", "channelsin", "inplanes"), "in_channels"),
    **dict.fromkeys(("outputfeatures", "outputdim", "outdim", "outsize"), "out_features"),
    **dict.fromkeys(("inputfeatures", "inputdim", "indim"), "in_features"),
    **dict.fromkeys(("numgroups", "ngroups"), "groups"),
    **dict.fromkeys(("prob", "dropoutrate", "droprate"), "p"),
}
"""What people call a parameter, without signs, and our name for it."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The type that a word probably means: what to write, and our own type for it."""

    written: str
    kind: str


def plain(word: str) -> str:
    """A word without prefixes, case, signs and spaces, so that spellings of one name are equal."""
    return letters(word[-LONGEST_WORD:].rpartition(".")[2])


def letters(word: str) -> str:
    """The letters and digits of a word, in lower case."""
    return re.sub(r"[\W_]", "", word.lower())


@lru_cache(maxsize=MOST_WORDS)
def neighbour_of(word: str, framework: str | None = None) -> Neighbour | None:
    """The type that an unknown word means, if any: the same letters, a synonym, or one letter or two that are wrong."""
    sought = plain(word)
    known = _known(framework)
    if sought in known:
        return known[sought]
    if _is_another_layer(sought):
        return None
    synonym = _synonym(sought)
    if synonym is not None:
        return synonym
    if len(sought) < SHORTEST_MISSPELT:
        return _one_letter_off(sought)
    alike = _long_words(framework).get(_digits(sought), [])
    return next((known[match] for match in get_close_matches(sought, alike, n=1, cutoff=ALIKE)), None)


def _one_letter_off(sought: str) -> Neighbour | None:
    """The only one of our types from which a short word differs by a letter too many or too few."""
    alike = [name for name in LAYERS if _digits(name) == _digits(sought) and _is_one_longer(sought, plain(name))]
    doubled = [name for name in alike if _without_doubles(name) == _without_doubles(sought)]
    chosen = doubled or alike
    return Neighbour(chosen[0], chosen[0]) if len(chosen) == 1 else None


def _is_one_longer(first: str, second: str) -> bool:
    """Whether one word is the other and a letter."""
    shorter, longer = sorted((first, second), key=len)
    return len(longer) == len(shorter) + 1 and any(
        longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer))
    )


def _without_doubles(word: str) -> str:
    """A word in which no letter follows itself."""
    return re.sub(r"(.)\1+", r"\1", word)


def foreign_layer(word: str) -> str | None:
    """The framework that has a layer of this name which is none of ours."""
    sought = plain(word)
    return _foreign_layers().get(sought)


@cache
def _foreign_layers() -> Mapping[str, str]:
    """The layers that some framework has and we have not, and that framework."""
    return {plain(other): row.framework for row in reversed(VOCABULARIES) for other in row.others}


def _is_another_layer(sought: str) -> bool:
    return foreign_layer(sought) is not None


def _synonym(sought: str) -> Neighbour | None:
    """What people call one of our types, with a rank or without: `maxpool2d`, `fc`."""
    stem, rank = (sought[:-2], sought[-2:]) if re.search(r"[1-3]d$", sought) else (sought, "")
    kind = SYNONYMS.get(stem) or SYNONYMS.get(re.sub(r"[1-3]d", "", sought))
    if kind is None:
        return None
    found = re.search(r"[1-3]d", sought)
    ranked = kind + (rank or (found.group() if found else ""))
    name = ranked if ranked in LAYERS else kind
    return Neighbour(name, name) if name in LAYERS else None


@cache
def _known(framework: str | None) -> Mapping[str, Neighbour]:
    """Our own types, and every framework's names: what to write for each, the framework's own before the others'."""
    known = {plain(name): Neighbour(name, name) for name in LAYERS}
    rows = sorted(every_spelling().items(), key=lambda item: (item[1][0][0].framework != framework, len(item[0])))
    for spelling, found in rows:
        known.setdefault(plain(spelling), _written(spelling, found[0][1]))
    return known


@cache
def _long_words(framework: str | None) -> Mapping[str, list[str]]:
    """The known words that may be misspelt, by their digits: another rank is never meant."""
    words: dict[str, list[str]] = {}
    for word in _known(framework):
        if len(word) >= SHORTEST_MISSPELT:
            words.setdefault(_digits(word), []).append(word)
    return words


def _written(spelling: str, row: LayerName) -> Neighbour:
    """Our own type where a name only renames it, else the name itself, which says more."""
    renames = not (row.settled or row.defaults or row.chooses)
    return Neighbour(row.kind if renames else spelling, row.kind)


def _digits(word: str) -> str:
    return re.sub(r"[^0-9]", "", word)


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that another one probably is: the same letters, or nearly so."""
    return _nearest(word[:LONGEST_WORD], tuple(known))


@lru_cache(maxsize=MOST_WORDS)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Only words that share half their letters are compared in full: networks may have ten thousand wrong ones."""
    sought = letters(word)
    if not sought:
        return None
    plains, letters_of = _plain_words(known)
    if sought in plains or PARAMETER_SYNONYMS.get(sought) in known:
        return plains.get(sought) or PARAMETER_SYNONYMS[sought]
    own = set(sought)
    alike = [other for other, its in letters_of.items() if 2 * len(own & its) >= len(own | its)]
    ratio, best = max(((SequenceMatcher(None, sought, other).ratio(), other) for other in alike), default=(0.0, ""))
    return plains[best] if ratio >= ALIKE else None


@lru_cache(maxsize=MOST_LISTS)
def _plain_words(known: tuple[str, ...]) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]]]:
    """Known words by their letters, and the different letters of each."""
    plains = {letters(other): other for other in reversed(known)}
    return plains, {other: frozenset(other) for other in plains}
