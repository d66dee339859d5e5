"""What travels over HTTP: the models of requests and answers, and the reading of layer objects.

The layer models are built from `service.core.layers.LAYERS`; nothing about a layer is written here.
"""
