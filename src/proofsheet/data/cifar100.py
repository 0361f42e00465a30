"""CIFAR-100: 60,000 photographs of objects of a hundred classes, 10,000 of them for testing."""

from __future__ import annotations

from proofsheet.data.cifar import CITATION, Cifar
from proofsheet.data.contract import Info

CLASS_NAMES = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
bowl boy bridge bus butterfly camel can castle caterpillar cattle
chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
plain plate poppy porcupine possum rabbit raccoon ray road rocket
rose sea seal shark shrew skunk skyscraper snail snake spider
squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
train trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""

CIFAR100 = Cifar(
    INFO=Info(
        title="CIFAR-100",
        version="the batches for Python of Alex Krizhevsky's page, fine labels",
        licence="none stated by the publisher",
        citation=CITATION,
        class_names=tuple(CLASS_NAMES.split()),
    ),
    client="CIFAR100",
    archive="cifar-100-python.tar",
    folder="cifar-100-python",
    train=("train",),
    test=("test",),
    meta="meta",
    names_key="fine_label_names",
    label_key="fine_labels",
    per_class={"train": 500, "test": 100},
    standin_images=12000,
)

# What `contract.py` asks of a dataset's module.
INFO = CIFAR100.INFO
HOST, official, mirror = CIFAR100.HOST, CIFAR100.official, CIFAR100.mirror
standin, divide = CIFAR100.standin, CIFAR100.divide
