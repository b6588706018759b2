"""A training step: forward pass, backward pass and all gradients of one batch."""


class Step:
    """Leaves by the names of our parameters, and a loss of them; subclasses give `leaves` and `loss()`."""

    def __init__(self, leaves):
        self.leaves = leaves  # name -> tensor that requires a gradient, in PyTorch's layout

    def run(self):
        for leaf in self.leaves.values():
            leaf.grad = None
        loss = self.loss()
        loss.backward()
        return loss

    def gradients(self):
        return {name: leaf.grad for name, leaf in self.leaves.items()}

    def probe(self):
        """What thread settings are chosen by: the step itself, where it is short."""
        self.run()
