"""A small classifier of 32 x 32 images, as one writes it in an evening; with one mistake, which the service finds."""

import torch
import torch.nn.functional as F
from torch import nn


class Classifier(nn.Module):
    """Three convolutions, each followed by a pool, and a linear head."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(32, 128, kernel_size=3, padding=1)
        self.norm = nn.BatchNorm2d(128)
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(128 * 4 * 4, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """From images to a score for each class."""
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = self.pool(F.relu(self.norm(self.conv3(x))))
        return self.head(torch.flatten(x, 1))
