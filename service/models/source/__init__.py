"""Python source, interpreted over known numbers and tensors of known shape; nothing posted is compiled or executed."""
