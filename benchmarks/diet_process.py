"""Runs in Rasa's environment: `python diet_process.py FOLDER EPOCHS` trains DIET on ready rows.

Reads rows.npz, writes predictions.json with the best intent of each test row, seconds and milliseconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def messages(arrays: Any, name: str) -> list[Any]:
    """Messages that carry the rows as sentence features, and their intents where there are any."""
    from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, INTENT, TEXT
    from rasa.shared.nlu.training_data.features import Features
    from rasa.shared.nlu.training_data.message import Message
    from scipy.sparse import csr_matrix

    sparse = csr_matrix(
        (arrays[f"{name}_values"], arrays[f"{name}_columns"], arrays[f"{name}_ends"]),
        shape=(len(arrays[f"{name}_dense"]), int(arrays["columns"])),
    )
    found = []
    for place, dense in enumerate(arrays[f"{name}_dense"]):
        message = Message({TEXT: f"{name} {place}"})
        if name == "train":
            message.set(INTENT, str(arrays["intents"][place]))
        # DIET refuses messages without a sequence; the row is one of a single token, too.
        for kind in (FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE):
            for row in (dense[np.newaxis], sparse[place]):
                message.add_features(Features(row, kind, TEXT, "rows"))
        found.append(message)
    return found


def main(folder: Path, epochs: int) -> None:
    """Train, predict one message at a time, write."""
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier
    from rasa.shared.nlu.constants import INTENT
    from rasa.shared.nlu.training_data.training_data import TrainingData

    arrays = np.load(folder / "rows.npz", allow_pickle=False)
    config = {
        **DIETClassifier.get_default_config(),
        "epochs": epochs,
        "entity_recognition": False,
        "constrain_similarities": True,
        "random_seed": 1,
    }
    (folder / "storage").mkdir()
    diet = DIETClassifier.create(
        config, LocalModelStorage(folder / "storage"), Resource("diet"), ExecutionContext(GraphSchema({}))
    )
    started = time.perf_counter()
    diet.train(TrainingData(messages(arrays, "train")))
    seconds = time.perf_counter() - started
    asked = messages(arrays, "test")
    diet.process(asked[:1])
    started = time.perf_counter()
    diet.process(asked)
    milliseconds = (time.perf_counter() - started) / len(asked) * 1000
    best = [message.get(INTENT)["name"] for message in asked]
    answer = {"best": best, "seconds": seconds, "milliseconds": milliseconds}
    (folder / "predictions.json").write_text(json.dumps(answer), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
