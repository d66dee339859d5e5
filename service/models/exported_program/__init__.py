"""Programs that `torch.export` wrote (`.pt2`): a graph of ATen operators, read without PyTorch."""

from service.models.exported_program.archive import looks_like_exported_program
from service.models.formats import Format

FORMAT = Format(
    name="exported-program",
    title="Program that `torch.export` wrote (`.pt2`)",
    framework="pytorch",
    recognises=looks_like_exported_program,
    reader="service.models.exported_program.reader:read_exported_program",
    place=40,
)
