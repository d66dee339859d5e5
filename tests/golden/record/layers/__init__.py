"""Random layers with random inputs, as each framework spells them; nothing here imports a framework.

A draft is drawn well inside the rules. Then about half of the drafts get one or two mistakes: a stride of 0, a kernel
one too large, a missing axis. Only a framework can say what comes of it. Sizes are tiny, so that cases often meet the
edges of the rules; axes differ, so that mixed-up axes show.

`drafts`, `mistakes` and `sampler` serve every framework. A framework's folder has its drafts and how it spells them,
its mistakes, and in `types` one function for each type of layer.
"""
