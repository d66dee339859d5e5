"""What requests and answers share: base models, field types, layers, arrays and tensors, and errors of validation.

The models of one endpoint stand in its module of `service.operations`. The layer models are built from
`service.core.layers.LAYERS`; nothing about a layer is written here.
"""
