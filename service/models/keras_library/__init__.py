"""Keras as an interpreter of posted source sees it: layers that are called with symbolic tensors, and models of them.

| looking for | look in |
|---|---|
| what a module of Keras or TensorFlow holds | `library.py`; the classes of models: `preludes/models.py.txt` |
| what those classes do natively | `inside.py`; the graph of a model: `graph.py`, `layer_order.py` |
| the models of `keras.applications` | `applications.py`; their layers: `preludes/applications_*.py.txt` |
| the names and order of arguments | `signatures.py`, recorded in `signatures.json`; their check: `arguments.py` |
| a layer, and how it becomes a configuration | `layers.py`, `written.py`; what that means: `service.models.keras` |
| a function; an operator | `functions.py` |
| a tensor, an input | `tensors.py`, `inputs.py` |
| what was called, and how it is written down | `nodes.py`; what is remembered of a reading: `state.py` |
| how the model is found and read | `reader.py`, `entry.py` |
"""
